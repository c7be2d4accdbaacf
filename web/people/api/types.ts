/** Answers that control plane and sites have in common. Those of a site are taken: what both give is in its document. */
import type { Operations, WebhookDelivery } from '../../../openapi/site.ts'

export type {
  ApiToken,
  AuditEntry,
  AuditVerification,
  DeadLetter,
  EventType,
  HeldRole,
  Invitation,
  Job,
  OwnSession as Session,
  OwnUser,
  Permission,
  Role,
  SecondFactor,
  User,
  Webhook,
  WebhookDelivery,
} from '../../../openapi/site.ts'

type Answer<Name extends keyof Operations> = Operations[Name]['answer']

export type Me = Pick<Answer<'GET /auth/me'>, 'user' | 'permissions'>
export type InspectedInvitation = Answer<'POST /auth/invitations/inspection'>
/** A secret that waits for its first code; `url` is what an authenticator app reads from the picture. */
export type OfferedSecondFactor = Answer<'POST /auth/second-factor'>
/** Shown once. */
export type RecoveryCodes = Answer<'PUT /auth/second-factor'>
/** The token itself is in this answer and in no other. */
export type MadeApiToken = Answer<'POST /auth/api-tokens'>
export type JobState = Answer<'GET /jobs/{id}'>['state']

export type Outcome = WebhookDelivery['outcome']
/** The secret is in this answer and in no other. */
export type MadeWebhook = Answer<'POST /webhooks/{id}/secrets'>
