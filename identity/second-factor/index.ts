export { codeSubject, createSecondFactor, needsCode, spendCode, type SecondFactor } from './second-factor.ts'
export { registerSecondFactorRoutes } from './second-factor-routes.ts'
