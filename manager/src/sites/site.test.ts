import { describe, expect, test } from 'vitest'
import { siteActionObjection, siteActions, siteStates } from './site.ts'

const allowed = {
  open: ['active'],
  'back-up': ['active', 'suspended', 'inactive', 'broken'],
  restore: ['active', 'suspended', 'broken'],
  suspend: ['active', 'broken'],
  resume: ['suspended'],
  restart: ['active', 'broken'],
  archive: ['active', 'suspended'],
  revive: ['archived'],
  drop: ['pending', 'active', 'suspended', 'inactive', 'broken', 'archived'],
} as const

describe.each(siteStates)('a site that is %s', (state) => {
  test.each(Object.entries(allowed))(
    '%s is allowed exactly where the table says so, and refused with the state',
    (name, states) => {
      const objection = siteActionObjection(name as keyof typeof allowed, state, null)
      const isAllowed = (states as readonly string[]).includes(state)
      expect(objection).toEqual(isAllowed ? null : expect.stringContaining(`It is ${state}.`))
    },
  )
})

test('while an operation runs everything but opening waits for it, and says so', () => {
  const actions = siteActions('active', 'restart-site')
  expect(actions.filter((action) => action.allowed).map(({ name }) => name)).toEqual(['open'])
  expect(actions.find(({ name }) => name === 'drop')?.reason).toContain('"restart-site" is still running')
})

test('every action is listed, with a reason exactly where it is not allowed', () => {
  for (const state of siteStates) {
    const actions = siteActions(state, null)
    expect(actions.map(({ name }) => name)).toEqual(Object.keys(allowed))
    for (const action of actions) expect(action.reason === null).toBe(action.allowed)
  }
})
