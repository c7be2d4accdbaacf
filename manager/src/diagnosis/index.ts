export { createDiagnosis, type Diagnosis } from './diagnosis.ts'
export { registerDiagnosisRoutes } from './diagnosis-routes.ts'
