export {
  certificateNeed,
  ensureCertificates,
  requireCertificateFor,
  type CertificateNeed,
  type EnsureCertificatesOptions,
} from './ensure-certificates.ts'
export { listServedCertificates, openCertificateKey } from './certificate-store.ts'
export { registerCertificateRoutes } from './certificate-routes.ts'
export { certificateProblems } from './problems.ts'
