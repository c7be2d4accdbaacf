import { defineProblems } from '@platen/kit/problems'

/** Refusals and failures of alerts and mails. */
export const alertProblems = defineProblems('alerts', {
  'alert-not-found': {
    status: 404,
    title: 'There is no such alert',
    user: 'Choose the alert from the list.',
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
