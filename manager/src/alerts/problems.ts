import { defineProblems } from '@platen/kit/problems'

/** Refusals and failures of alerts and mails. */
export const alertProblems = defineProblems('alerts', {
  'alert-not-found': {
    status: 404,
    title: 'There is no such alert',
    user: 'Choose the alert from the list.',
    operator: 'Nothing.',
  },
  'alert-webhook-not-found': {
    status: 404,
    title: 'There is no such webhook',
    user: 'Choose the webhook from the list.',
    operator: 'Nothing.',
  },
  'alert-webhook-exists': {
    status: 409,
    title: 'Alerts are sent there already',
    user: 'Use the webhook of the list. If its secret was lost, remove it and add it again.',
    operator: 'Nothing.',
  },
  'alert-webhook-url-refused': {
    status: 422,
    title: 'Alerts cannot be sent to this URL',
    user: 'Give an https URL, or an http one of this machine or its network, without user and password.',
    operator: 'Nothing.',
  },
  'mail-not-found': {
    status: 404,
    title: 'There is no such mail',
    user: 'Choose the mail from the list. The oldest go when there are many.',
    operator: 'Nothing. With a relay (PLATEN_SMTP_URL) no mail is kept here.',
  },
  'mail-not-sent': {
    status: 503,
    title: 'The mail could not be sent',
    user: 'See the detail. Nothing was sent.',
    operator:
      'Compare PLATEN_SMTP_URL, PLATEN_MAIL_FROM and PLATEN_SMTP_AUTHORITY with what the relay wants, then send a test mail.',
    retryable: true,
  },
})
