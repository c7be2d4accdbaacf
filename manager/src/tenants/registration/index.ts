export { registerRegistrationRoutes } from './registration-routes.ts'
export { sendRegistrationMail } from './registration-mail.ts'
