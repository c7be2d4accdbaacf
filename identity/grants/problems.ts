import { defineProblems } from '@platen/kit/problems'

/** Refusals about users, their roles, and invitations. */
export const peopleProblems = defineProblems('people', {
  'grant-refused': {
    status: 403,
    title: 'You cannot give more than you have',
    user: 'Leave out the permissions named in the detail, or ask somebody who has them. Nothing was changed.',
    operator: 'Nothing; the audit trail has the attempt.',
  },
  'user-outranks-you': {
    status: 403,
    title: 'This user may do more than you',
    user: 'Ask somebody who may do at least as much as this user. Nothing was changed.',
    operator: 'Nothing; the audit trail has the attempt.',
  },
  'last-owner': {
    status: 409,
    title: 'Somebody has to remain who may do everything',
    user: 'Give another user a role that may do everything first. Nothing was changed.',
    operator: 'Nothing; the audit trail has the attempt.',
  },
  'own-user': {
    status: 409,
    title: 'Not your own user',
    user: 'Ask another administrator to deactivate or erase you. Nothing was changed.',
    operator: 'Nothing.',
  },
  'user-exists': {
    status: 409,
    title: 'Already a user',
    user: 'Look for the address among the users; one who is deactivated can be reactivated.',
    operator: 'Nothing.',
  },
  'user-limit-reached': {
    status: 409,
    title: 'All places of the plan are taken',
    user: 'Deactivate somebody, withdraw an invitation, or ask for a larger plan. Nothing was changed.',
    operator: 'Nothing, unless the organisation asks for a larger plan.',
  },
  'invitation-invalid': {
    status: 401,
    title: 'This invitation no longer works',
    user: 'Ask who invited you for a new one: an invitation works once, for seven days.',
    operator: 'Nothing.',
  },
  'invitation-overtaken': {
    status: 409,
    title: 'Who invited you may not give this any more',
    user: 'Ask somebody who may to send the invitation again. Nothing was changed.',
    operator: 'Nothing; the audit trail has the attempt.',
  },
  'role-unknown': {
    status: 422,
    title: 'No such role',
    user: 'Choose among the roles named in the detail.',
    operator: 'Nothing.',
  },
  'permission-unknown': {
    status: 422,
    title: 'No such permission',
    user: 'Choose among the permissions named in the detail.',
    operator: 'Nothing.',
  },
  'role-name-taken': {
    status: 409,
    title: 'Another role has this name',
    user: 'Choose another name. Nothing was changed.',
    operator: 'Nothing.',
  },
  'role-in-use': {
    status: 409,
    title: 'This role is in use',
    user: 'Give those who have it another role first. Nothing was changed.',
    operator: 'Nothing.',
  },
  'role-is-system': {
    status: 409,
    title: 'Roles of the system stay as they are',
    user: 'Make a role of your own with the permissions you want. Nothing was changed.',
    operator: 'Nothing.',
  },
})
