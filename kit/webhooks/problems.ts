import { defineProblems } from '../problems/index.ts'

export const webhookProblems = defineProblems('webhooks', {
  'webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    user: 'Choose it from the list.',
    operator: 'Nothing.',
  },
  'webhook-url-refused': {
    status: 422,
    title: 'Nothing is sent to this URL',
    user: 'Give an https URL that the internet can reach, without user, password and fragment.',
    operator:
      'A receiver in a network of your own: name that network in PLATEN_WEBHOOK_NETWORKS and restart. Addresses of the machine itself and of cloud metadata stay closed unless named, the latter always.',
  },
  'event-type-unknown': {
    status: 422,
    title: 'There is no such event here',
    user: 'Choose from the list of events (GET /event-types).',
    operator: 'Nothing.',
  },
  'webhook-limit-reached': {
    status: 409,
    title: 'There are as many webhooks as there may be',
    user: 'Remove one that is not needed any more, or send more events to one of them.',
    operator: 'Nothing.',
  },
  'webhook-secret-missing': {
    status: 409,
    title: 'The webhook has no secret to sign with',
    user: 'Renew its secret and give the new one to the receiver; then enable it.',
    operator: 'Nothing: a copy of a site cannot open the secrets of the original.',
  },
  'delivery-not-found': {
    status: 404,
    title: 'The event cannot be sent again',
    user: 'Choose it from the deliveries of this webhook. Events are kept for 30 days; one that is being sent just now is not sent twice.',
    operator: 'Nothing.',
  },
})
