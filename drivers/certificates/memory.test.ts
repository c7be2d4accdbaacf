import { expect, test } from 'vitest'
import { DriverError } from '../errors/index.ts'
import { certificateIssuerConformance } from './conformance.ts'
import { isRenewalDue } from './contract.ts'
import { MemoryCertificates } from './memory.ts'

certificateIssuerConformance(async () => new MemoryCertificates({ zone: 'platen.localhost' }))

test('a planted fault is met once', async () => {
  const issuer = new MemoryCertificates({ zone: 'platen.localhost' })
  const fault = new DriverError('rate-limited', 'planted')
  issuer.failNext('issue', fault)
  await expect(issuer.issue({ names: ['a.localhost'], days: 1 })).rejects.toBe(fault)
  await expect(issuer.issue({ names: ['a.localhost'], days: 1 })).resolves.toBeDefined()
})

test.each([
  ['2026-01-01', false],
  ['2026-02-28', false],
  ['2026-03-03', true],
  ['2027-01-01', true],
])('a certificate of January to March: is renewal due on %s? %s', (now, due) => {
  const certificate = { notBefore: new Date('2026-01-01'), notAfter: new Date('2026-04-01') }
  expect(isRenewalDue(certificate, new Date(now))).toBe(due)
})

test('a public zone gets an authority without name constraints', async () => {
  const issuer = new MemoryCertificates({ zone: 'cloud.example.com' })
  expect((await issuer.ensureAuthority()).permittedDomains).toBeNull()
  await expect(issuer.issue({ names: ['shop.customer.fr'], days: 90 })).resolves.toBeDefined()
})
