export {
  isRenewalDue,
  MAX_LEAF_DAYS,
  type Authority,
  type CertificateIssuer,
  type IssuedCertificate,
} from './contract.ts'
export { MemoryCertificates } from './memory.ts'
export { LocalCa, type LocalCaOptions } from './local-ca/driver.ts'
