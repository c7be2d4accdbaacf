import { X509Certificate } from 'node:crypto'
import { MemoryCertificates } from '@platen/drivers/certificates'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type TestApi } from '../../testing/api.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { ensureCertificates, listServedCertificates, openCertificateKey, requireCertificateFor } from './index.ts'

let platform: TestPlatform
let api: TestApi

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

describe('the authority', () => {
  test('is told to everybody, and downloads as a certificate file', async () => {
    const told = await api.call({ method: 'GET', path: '/certificate-authority' })
    expect(told.status).toBe(200)
    const certificate = new X509Certificate(told.body.certificatePem)
    expect(told.body.fingerprintSha256.replaceAll(':', '').toLowerCase()).toBe(
      certificate.fingerprint256.replaceAll(':', '').toLowerCase(),
    )
    expect(new Date(certificate.validTo).toISOString()).toBe(told.body.notAfter)
    const file = await api.call({ method: 'GET', path: '/certificate-authority/download' })
    expect(file.headers).toMatchObject({
      'content-type': 'application/x-x509-ca-cert',
      'content-disposition': 'attachment; filename="platen-ca.crt"',
    })
    expect(file.text).toBe(told.body.certificatePem)
    expect(file.text).not.toContain('PRIVATE KEY')
  })
})

describe('certificates', () => {
  const zone = 'platen.localhost'
  let issuer = new MemoryCertificates({ zone })
  const ensure = () =>
    ensureCertificates({
      db: platform.workerDb,
      vault: platform.vault,
      issuer,
      issuerName: 'memory',
      zone,
      addresses: ['127.0.0.1'],
      snapshots: platform.hub,
    })
  const served = () => withScope(platform.workerDb, { operator: true }, listServedCertificates)
  const edgeVersion = () =>
    rows(platform.workerDb, sql`SELECT version FROM manager.snapshot_consumers WHERE consumer = 'edge'`)

  test('are missing at first: a host that needs one has to wait', async () => {
    await expect(requireCertificateFor(platform.workerDb, `acme.${zone}`)).rejects.toMatchObject({
      code: 'certificate-missing',
      status: 503,
      retryable: true,
    })
  })

  test('are issued once for the whole zone, sealed, and told to the edge', async () => {
    const before = await edgeVersion()
    await ensure()
    const told = await edgeVersion()
    expect(told).not.toEqual(before)
    await ensure()
    expect(await edgeVersion()).toEqual(told)
    const [certificate, ...others] = await served()
    expect(others).toEqual([])
    expect(certificate?.names).toEqual([`*.${zone}`, zone, '127.0.0.1'])
    expect(certificate?.sealed_private_key).toMatch(/^v1\./)
    if (certificate === undefined) return
    expect(openCertificateKey(platform.vault, certificate).expose()).toContain('PRIVATE KEY')
    await requireCertificateFor(platform.workerDb, `acme.${zone}`)
    await expect(requireCertificateFor(platform.workerDb, `a.b.${zone}`)).rejects.toThrow('certificate-missing')
  })

  test('are renewed when a third of their life is left, and the newest is served', async () => {
    await sql`UPDATE manager.certificates SET not_before = now() - interval '61 days', not_after = now() + interval '29 days'`.execute(
      platform.database.db,
    )
    const [old] = await served()
    await ensure()
    const [renewed, ...others] = await served()
    expect(others).toEqual([])
    expect(renewed?.serial).not.toBe(old?.serial)
  })

  test('of an authority that was lost are replaced at once, however long they would last', async () => {
    await sql`UPDATE manager.certificates SET not_after = now() + interval '390 days', not_before = now()`.execute(
      platform.database.db,
    )
    issuer = new MemoryCertificates({ zone })
    await ensure()
    const authority = await issuer.ensureAuthority()
    const [certificate, ...others] = await served()
    expect(others).toEqual([])
    expect(certificate?.certificate_pem).toContain(authority.certificatePem.trim())
    expect(await ensure()).toEqual([])
  })
})
