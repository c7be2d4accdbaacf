/** Making certificates: an authority and its leaves. EC P-256, random serials, pure but for the random and the clock given. */
import 'reflect-metadata'
import { createHash, randomBytes, X509Certificate as NodeCertificate } from 'node:crypto'
import { isIP } from 'node:net'
import * as x509 from '@peculiar/x509'
import { Secret } from '@platen/kit/secrets'
import { DriverError } from '../errors/index.ts'
import type { Authority, IssuedCertificate } from './contract.ts'
import { MAX_LEAF_DAYS } from './contract.ts'
import { requireNames } from './names.ts'

const DAY_MS = 24 * 3600 * 1000
const AUTHORITY_YEARS = 10
/** Clocks of visitors run late: a certificate issued now is valid since an hour. */
const BACKDATE_MS = 3600 * 1000
const KEY = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const NAME_CONSTRAINTS = '2.5.29.30'

export interface AuthorityFiles {
  certificatePem: string
  privateKeyPem: Secret
}

export async function createAuthority(permittedDomains: readonly string[] | null, now: Date): Promise<AuthorityFiles> {
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const notBefore = new Date(now.getTime() - BACKDATE_MS)
  const notAfter = new Date(notBefore)
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + AUTHORITY_YEARS)
  const serialNumber = newSerial()
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // The serial in the name: after a reset two authorities in one trust store can be told apart.
    name: [{ O: ['Platen'] }, { CN: [`Platen local authority ${serialNumber.slice(0, 8)}`] }],
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: KEY,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ...(permittedDomains ? [new x509.Extension(NAME_CONSTRAINTS, true, nameConstraints(permittedDomains))] : []),
    ],
  })
  return { certificatePem: `${certificate.toString('pem')}\n`, privateKeyPem: await exportKey(keys.privateKey) }
}

export async function createLeaf(
  authority: AuthorityFiles,
  request: { names: readonly string[]; days: number },
  now: Date,
): Promise<IssuedCertificate> {
  if (!(request.days >= 1 && request.days <= MAX_LEAF_DAYS)) {
    throw new DriverError('refused', `a certificate lives 1 to ${MAX_LEAF_DAYS} days`)
  }
  const issuer = new x509.X509Certificate(authority.certificatePem)
  requireNames(request.names, permittedDomainsOf(issuer))
  const notBefore = new Date(Math.max(now.getTime() - BACKDATE_MS, issuer.notBefore.getTime()))
  const notAfter = new Date(Math.min(notBefore.getTime() + request.days * DAY_MS, issuer.notAfter.getTime()))
  if (notAfter <= now) throw new DriverError('refused', `the authority ended on ${issuer.notAfter.toISOString()}`)
  const keys = await crypto.subtle.generateKey(KEY, true, ['sign', 'verify'])
  const serialNumber = newSerial()
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber,
    // Empty apart from the organisation: names live in the SAN only, a CN has 64 characters and nobody reads it.
    subject: [{ O: ['Platen'] }],
    issuer: issuer.subjectName,
    notBefore,
    notAfter,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.privateKeyPem),
    signingAlgorithm: KEY,
    extensions: [
      new x509.SubjectAlternativeNameExtension(request.names.map(asGeneralName)),
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return {
    names: [...request.names],
    certificatePem: `${certificate.toString('pem')}\n${authority.certificatePem}`,
    privateKeyPem: await exportKey(keys.privateKey),
    // As in the certificate, which knows whole seconds.
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    serial: serialNumber,
  }
}

export function readAuthority(certificatePem: string): Authority {
  const certificate = new x509.X509Certificate(certificatePem)
  return {
    certificatePem,
    fingerprintSha256: new NodeCertificate(certificatePem).fingerprint256,
    notAfter: certificate.notAfter,
    permittedDomains: permittedDomainsOf(certificate),
  }
}

/** Whether the key is the certificate's: two files that do not belong together are found here, not by a visitor. */
export async function belongsTogether(authority: AuthorityFiles): Promise<boolean> {
  const probe = createHash('sha256').update('probe').digest()
  const certificate = new x509.X509Certificate(authority.certificatePem)
  const publicKey = await certificate.publicKey.export(KEY, ['verify'])
  const signature = await crypto.subtle.sign(KEY, await importKey(authority.privateKeyPem), probe)
  return crypto.subtle.verify(KEY, publicKey, signature, probe)
}

/** 127 random bits: positive and at most 20 bytes, as RFC 5280 wants. */
function newSerial(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}

function asGeneralName(name: string): { type: 'ip' | 'dns'; value: string } {
  return { type: isIP(name) === 0 ? 'dns' : 'ip', value: name }
}

async function exportKey(key: CryptoKey): Promise<Secret> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return new Secret(
    `-----BEGIN PRIVATE KEY-----\n${der.replaceAll(/.{64}/g, '$&\n').trimEnd()}\n-----END PRIVATE KEY-----\n`,
  )
}

function importKey(pem: Secret): Promise<CryptoKey> {
  const der = Buffer.from(pem.expose().replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  return crypto.subtle.importKey('pkcs8', der, KEY, false, ['sign'])
}

/**
 * NameConstraints (RFC 5280, 4.2.1.10) with permitted DNS subtrees, in DER: SEQUENCE { [0] { SEQUENCE { [2] "domain" } ... } }.
 * The library has no class for it. Every length is below 128, so one byte is enough.
 */
function nameConstraints(domains: readonly string[]): ArrayBuffer {
  const element = (tag: number, content: Buffer): Buffer => Buffer.concat([Buffer.from([tag, content.length]), content])
  const subtrees = domains.map((domain) => element(0x30, element(0x82, Buffer.from(domain))))
  const der = element(0x30, element(0xa0, Buffer.concat(subtrees)))
  return new Uint8Array(der).buffer
}

/** The reverse, for the form that we write. */
function permittedDomainsOf(certificate: x509.X509Certificate): string[] | null {
  const extension = certificate.getExtension(NAME_CONSTRAINTS)
  if (!extension) return null
  const der = Buffer.from(extension.value)
  const domains: string[] = []
  for (let at = 4; at < der.length;) {
    const length = der[at + 3] ?? 0
    domains.push(der.toString('latin1', at + 4, at + 4 + length))
    at += 4 + length
  }
  return domains
}
