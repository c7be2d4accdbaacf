/** What every issuer must do, seen from a TLS client and from OpenSSL. */
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { promisify } from 'node:util'
import { temporaryDirectory } from '@platen/kit/testing'
import { describe, expect, test } from 'vitest'
import type { CertificateIssuer, IssuedCertificate } from './contract.ts'

const refused: unknown = expect.objectContaining({ kind: 'refused' })

/** @param makeIssuer of an issuer for the zone `platen.localhost`, without an authority yet. */
export function certificateIssuerConformance(makeIssuer: () => Promise<CertificateIssuer>): void {
  describe('the authority', () => authoritySuite(makeIssuer))
  describe('leaves', () => leafSuite(makeIssuer))
}

function authoritySuite(makeIssuer: () => Promise<CertificateIssuer>): void {
  test('is made once, for ten years', async () => {
    const issuer = await makeIssuer()
    expect(await issuer.describe()).toEqual({ authority: null })
    expect(await issuer.check()).toMatchObject({ ok: false })
    const made = await Promise.all([issuer.ensureAuthority(), issuer.ensureAuthority(), issuer.ensureAuthority()])
    expect(new Set(made.map((authority) => authority.fingerprintSha256)).size).toBe(1)
    expect(await issuer.check()).toMatchObject({ ok: true })
    const certificate = new X509Certificate(made[0].certificatePem)
    expect(certificate.ca).toBe(true)
    expect(certificate.fingerprint256).toBe(made[0].fingerprintSha256)
    expect(made[0].notAfter.getUTCFullYear() - new Date().getUTCFullYear()).toBeGreaterThanOrEqual(9)
  })

  test('of a private zone certifies private names and addresses only', async () => {
    const issuer = await makeIssuer()
    expect((await issuer.ensureAuthority()).permittedDomains).toContain('localhost')
    await expect(issuer.issue({ names: ['bank.example.com'], days: 90 })).rejects.toEqual(refused)
    await expect(issuer.issue({ names: ['shop.test', '192.0.2.1'], days: 90 })).resolves.toBeDefined()
  })
}

function leafSuite(makeIssuer: () => Promise<CertificateIssuer>): void {
  const names = ['*.platen.localhost', 'platen.localhost', '127.0.0.1', '::1']

  test('a TLS client that trusts the authority accepts each name, and no other', async () => {
    const issuer = await makeIssuer()
    const { certificatePem: ca } = await issuer.ensureAuthority()
    const leaf = await issuer.issue({ names, days: 90 })
    expect(await handshake(leaf, ca, { servername: 'acme.platen.localhost' })).toBe('ok')
    expect(await handshake(leaf, ca, { servername: 'platen.localhost' })).toBe('ok')
    expect(await handshake(leaf, ca, {})).toBe('ok')
    expect(await handshake(leaf, ca, { servername: 'a.b.platen.localhost' })).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
    expect(await handshake(leaf, undefined, { servername: 'acme.platen.localhost' })).toMatch(/SELF_SIGNED|UNABLE/)
  })

  test('openssl verifies the chain and the name', async ({ skip }) => {
    if (!(await hasOpenssl())) skip('openssl is not installed')
    const issuer = await makeIssuer()
    const { certificatePem: ca } = await issuer.ensureAuthority()
    const leaf = await issuer.issue({ names, days: 90 })
    expect(await opensslVerify(leaf, ca, ['-verify_hostname', 'acme.platen.localhost'])).toContain('OK')
    expect(await opensslVerify(leaf, ca, ['-verify_ip', '127.0.0.1'])).toContain('OK')
    expect(await opensslVerify(leaf, ca, ['-verify_hostname', 'evil.example'])).toMatch(/hostname mismatch/i)
  })

  test('serials are random, keys are fresh, and the key does not print', async () => {
    const issuer = await makeIssuer()
    const leaves = await Promise.all(
      Array.from({ length: 5 }, () => issuer.issue({ names: ['a.platen.localhost'], days: 30 })),
    )
    expect(new Set(leaves.map((leaf) => leaf.serial)).size).toBe(5)
    expect(new Set(leaves.map((leaf) => leaf.privateKeyPem.expose())).size).toBe(5)
    expect(JSON.stringify(leaves)).not.toContain('PRIVATE KEY')
  })

  test('what is told about a leaf is what is in it', async () => {
    const leaf = await (await makeIssuer()).issue({ names: ['a.platen.localhost'], days: 397 })
    const certificate = new X509Certificate(leaf.certificatePem)
    expect(certificate.serialNumber.toLowerCase()).toBe(leaf.serial)
    expect(new Date(certificate.validTo)).toEqual(leaf.notAfter)
    expect(leaf.notAfter.getTime() - leaf.notBefore.getTime()).toBeLessThanOrEqual(397 * 24 * 3600 * 1000)
    expect(leaf.notBefore.getTime()).toBeLessThan(Date.now())
    expect(certificate.ca).toBe(false)
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1'])
  })

  test.each([
    ['*'],
    ['a.*.platen.localhost'],
    ['*a.platen.localhost'],
    ['A.platen.localhost'],
    ['a..platen.localhost'],
    ['-a.platen.localhost'],
    ['a.platen.localhost.'],
    ['a b.localhost'],
    ['é.localhost'],
    ['1.2.3'],
    [''],
  ])('the name %j is refused', async (name) => {
    await expect((await makeIssuer()).issue({ names: [name], days: 90 })).rejects.toEqual(refused)
  })

  test.each([0, -1, 398, Number.NaN])('a life of %d days is refused', async (days) => {
    await expect((await makeIssuer()).issue({ names: ['a.platen.localhost'], days })).rejects.toEqual(refused)
  })

  test('a certificate without names is refused', async () => {
    await expect((await makeIssuer()).issue({ names: [], days: 90 })).rejects.toEqual(refused)
  })
}

/** 'ok', or the code with which a client refuses. */
async function handshake(
  leaf: IssuedCertificate,
  ca: string | undefined,
  client: { servername?: string },
): Promise<string> {
  const server = createServer({ cert: leaf.certificatePem, key: leaf.privateKeyPem.expose() }, (socket) => socket.end())
  server.on('tlsClientError', () => undefined)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address && typeof address === 'object' ? address.port : 0
  try {
    return await new Promise((resolve) => {
      const socket: TLSSocket = connect({ host: '127.0.0.1', port, ...(ca && { ca }), ...client }, () => resolve('ok'))
      socket.on('error', (error: Error & { code?: string }) => resolve(error.code ?? error.message))
    })
  } finally {
    server.close()
  }
}

async function hasOpenssl(): Promise<boolean> {
  return promisify(execFile)('openssl', ['version']).then(
    () => true,
    () => false,
  )
}

async function opensslVerify(leaf: IssuedCertificate, ca: string, more: string[]): Promise<string> {
  const directory = await temporaryDirectory()
  try {
    const [caFile, leafFile] = [join(directory.path, 'ca.crt'), join(directory.path, 'leaf.crt')]
    await Promise.all([writeFile(caFile, ca), writeFile(leafFile, leaf.certificatePem)])
    const run = promisify(execFile)('openssl', ['verify', '-x509_strict', '-CAfile', caFile, ...more, leafFile])
    return await run.then(
      ({ stdout }) => stdout,
      (error: Error & { stderr?: string }) => String(error.stderr),
    )
  } finally {
    await directory.remove()
  }
}
