import { page } from './page-route.ts'
import type { PageRoute } from './page-route.ts'

export const signInPage = page('/login', () => import('../sign-in/login-page.tsx'), 'LoginPage')

/** Where links in mails lead, and what has no session yet. */
export const publicPages: readonly PageRoute[] = [
  page('/forgot-password', () => import('../sign-in/forgot-password-page.tsx'), 'ForgotPasswordPage'),
  page('/reset-password', () => import('../sign-in/reset-password-page.tsx'), 'ResetPasswordPage'),
  page('/verify-address', () => import('../sign-in/verify-address-page.tsx'), 'VerifyAddressPage'),
  page('/invitation', () => import('../sign-in/invitation-page.tsx'), 'InvitationPage'),
]

export const signedInPages: readonly PageRoute[] = [
  page('/account', () => import('../account/profile-page.tsx'), 'ProfilePage'),
  page('/account/security', () => import('../account/security-page.tsx'), 'SecurityPage'),
  page('/account/sessions', () => import('../account/sessions-page.tsx'), 'SessionsPage'),
  page('/account/tokens', () => import('../account/tokens-page.tsx'), 'TokensPage'),
  page('/people', () => import('../users/people-page.tsx'), 'PeoplePage'),
  page('/people/$id', () => import('../users/user-page.tsx'), 'UserPage'),
  page('/roles', () => import('../roles/roles-page.tsx'), 'RolesPage'),
  page('/roles/new', () => import('../roles/role-page.tsx'), 'NewRolePage'),
  page('/roles/$id', () => import('../roles/role-page.tsx'), 'RolePage'),
  page('/audit', () => import('../audit/audit-page.tsx'), 'AuditPage'),
  page('/webhooks', () => import('../webhooks/webhooks-page.tsx'), 'WebhooksPage'),
  page('/webhooks/$id', () => import('../webhooks/webhook-page.tsx'), 'WebhookPage'),
  page('/dead-letters', () => import('../dead-letters/dead-letters-page.tsx'), 'DeadLettersPage'),
  page('/jobs', () => import('../jobs/jobs-page.tsx'), 'JobsPage'),
]
