export { ensureCertificates, requireCertificateFor, type EnsureCertificatesOptions } from './ensure-certificates.ts'
export { listServedCertificates, openCertificateKey, type CertificateRow } from './certificate-store.ts'
export { registerCertificateRoutes } from './certificate-routes.ts'
export { certificateProblems } from './problems.ts'
