import { newId } from '@platen/kit/ids'
import { one, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { password } from '../testing/identity.ts'
import { openTestPeople, type Answer, type TestPeople, type TestUser } from '../testing/people.ts'
import { phonesOf } from '../testing/second-factor.ts'

const newPassword = 'un tout autre mot de passe'

describe.each(['site', 'plane'] as const)('invitations as the role of a %s', (place) => {
  let people: TestPeople
  let owner: TestUser
  beforeAll(async () => {
    people = await openTestPeople(place)
    owner = await people.aUser()
  })
  afterAll(() => people.close())

  const anAddress = () => `invite-${newId()}@example.fr`
  const invite = (email = anAddress(), body: object = {}, as = owner): Promise<Answer> =>
    people.call('POST', '/invitations', { as, body: { email, roles: ['lecture'], ...body } })
  const accept = (token: string, body: object = {}) =>
    people.call('POST', '/auth/invitations/acceptance', { body: { token, password: newPassword, ...body } })
  const inspect = (token: string) => people.call('POST', '/auth/invitations/inspection', { body: { token } })
  const remind = (id: string, as = owner) => people.call('POST', `/invitations/${id}/reminders`, { as })
  const revoke = (id: string, as = owner) => people.call('DELETE', `/invitations/${id}`, { as })
  const me = (answer: Answer) => people.call('GET', '/users/me', { as: { token: answer.body.accessToken } })
  const age = (id: string) =>
    sql`UPDATE identity.invitations SET expires_at = now() WHERE id = ${id}`.execute(people.home.database.db)
  const invalid = { status: 401, body: { code: 'invitation-invalid' } }

  /** An open invitation and its token. */
  async function anInvitation(email?: string, body?: object): Promise<{ id: string; email: string; token: string }> {
    const made = await invite(email, body)
    if (made.status !== 201) throw new Error(made.text)
    return { id: made.body.id, email: made.body.email, token: await people.tokenOf(made.body.id) }
  }

  describe('making one', () => {
    test('hands its mail over, keeps no token in the clear, and answers without it', async () => {
      const email = anAddress()
      const made = await invite(email.toUpperCase(), { name: 'Zoé', locale: 'fr', roles: ['lecture', 'chef'] })
      expect(made).toMatchObject({
        status: 201,
        body: {
          email,
          name: 'Zoé',
          state: 'open',
          invitedBy: owner.email,
          sentAt: null,
          roles: [{ id: 'lecture' }, { id: 'chef' }],
        },
      })
      expect(people.mails.at(-1)).toEqual({ kind: 'invitation', id: made.body.id, tenantId: owner.tenantId })
      const token = await people.tokenOf(made.body.id)
      const row = await one(
        people.home.database.db,
        sql<{ text: string }>`SELECT to_jsonb(i)::text AS text FROM identity.invitations i WHERE id = ${made.body.id}`,
      )
      expect(row.text + made.text).not.toContain(token)
      expect((await people.auditOf(owner.tenantId)).at(-1)).toEqual({
        action: 'invitation.created',
        resourceId: made.body.id,
        changes: { email, roles: ['lecture', 'chef'] },
      })
    })

    test('replaces an open one of the same address', async () => {
      const first = await anInvitation()
      const second = await anInvitation(first.email)
      expect(await inspect(first.token)).toMatchObject(invalid)
      expect((await inspect(second.token)).status).toBe(200)
    })

    test('for somebody who is a user already is refused', async () => {
      expect(await invite(owner.email)).toMatchObject({ status: 409, body: { code: 'user-exists' } })
    })

    test('with a role that is none, or that may do more than who invites, is refused', async () => {
      expect(await invite(undefined, { roles: ['empereur'] })).toMatchObject({
        status: 422,
        body: { code: 'role-unknown' },
      })
      const chef = await people.aUser({ role: 'chef', tenantId: owner.tenantId })
      expect(await invite(undefined, { roles: ['gerant'] }, chef)).toMatchObject({
        status: 403,
        body: { code: 'grant-refused' },
      })
      const open = await anInvitation(undefined, { roles: ['gerant'] })
      for (const answer of [
        await remind(open.id, chef),
        await revoke(open.id, chef),
        await invite(open.email, {}, chef),
      ]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 'grant-refused' } })
      }
      expect((await inspect(open.token)).status).toBe(200)
    })

    test('counts with the users against the plan; withdrawn and expired ones do not', async () => {
      const boss = await people.aUser()
      people.plan.maxUsers = 3
      const [first, second] = [await invite(undefined, {}, boss), await invite(undefined, {}, boss)]
      expect([first.status, second.status]).toEqual([201, 201])
      expect(await invite(undefined, {}, boss)).toMatchObject({
        status: 409,
        body: { code: 'user-limit-reached', taken: 3 },
      })
      expect((await invite(first.body.email, {}, boss)).status).toBe(201)
      await age(second.body.id)
      expect((await invite(undefined, {}, boss)).status).toBe(201)
      expect(await remind(second.body.id, boss)).toMatchObject({ status: 409, body: { code: 'user-limit-reached' } })
      people.plan.maxUsers = undefined
    })

    test('by many at once does not exceed the plan (attack 45)', async () => {
      const boss = await people.aUser()
      people.plan.maxUsers = 4
      const answers = await Promise.all(Array.from({ length: 10 }, () => invite(undefined, {}, boss)))
      people.plan.maxUsers = undefined
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(3)
    })
  })

  describe('an open one', () => {
    test('is listed until it is withdrawn; then its link is dead', async () => {
      const boss = await people.aUser()
      const { body } = await invite(undefined, {}, boss)
      const token = await people.tokenOf(body.id)
      expect((await people.call('GET', '/invitations', { as: boss })).body.items).toEqual([body])
      expect((await revoke(body.id, boss)).status).toBe(204)
      expect((await people.call('GET', '/invitations', { as: boss })).body.items).toEqual([])
      expect(await accept(token)).toMatchObject(invalid)
      expect((await revoke(body.id, boss)).status).toBe(404)
      expect((await people.auditOf(boss.tenantId)).map(({ action }) => action)).toEqual([
        'invitation.created',
        'invitation.withdrawn',
      ])
    })

    test('that is reminded of gets a new link and seven more days', async () => {
      const { id, token } = await anInvitation()
      await age(id)
      expect(await inspect(token)).toMatchObject(invalid)
      const listed = await people.call('GET', '/invitations', { as: owner })
      expect(listed.body.items.find((item) => item.id === id)).toMatchObject({ state: 'expired' })
      expect(await remind(id)).toMatchObject({ status: 202, body: { state: 'open' } })
      expect(await inspect(token)).toMatchObject(invalid)
      expect((await inspect(await people.tokenOf(id))).status).toBe(200)
    })

    test('shows who opens its link where it leads and whether there is an account', async () => {
      const { email, token } = await anInvitation(undefined, { name: 'Zoé' })
      expect((await inspect(token)).body).toEqual({ email, name: 'Zoé', place: 'Forge', accountExists: false })
      const known = await people.aUser()
      const second = await anInvitation(known.email)
      expect((await inspect(second.token)).body).toMatchObject({ accountExists: true })
    })

    test('of another tenant is like one that does not exist', async () => {
      const { id, token } = await anInvitation()
      const stranger = await people.aUser()
      for (const attempt of [remind, revoke]) {
        const [foreign, absent] = [await attempt(id, stranger), await attempt(newId(), stranger)]
        expect([foreign.status, foreign.body.detail]).toEqual([404, absent.body.detail])
      }
      expect((await people.call('GET', '/invitations', { as: stranger })).text).not.toContain(id)
      expect((await inspect(token)).status).toBe(200)
    })
  })

  describe('accepting one', () => {
    test('makes an account whose address is verified, a user with the roles, and a session', async () => {
      const { email, token, id } = await anInvitation(undefined, { locale: 'fr', roles: ['lecture', 'chef'] })
      const answer = await accept(token, { name: 'Zoé' })
      expect(answer).toMatchObject({ status: 200, body: { expiresInSeconds: 900 } })
      expect(String(answer.headers['set-cookie'])).toContain('__Host-platen_refresh=')
      const { body: user } = await me(answer)
      expect(user).toMatchObject({ email, name: 'Zoé', locale: 'fr', roles: [{ id: 'chef' }, { id: 'lecture' }] })
      const account = await one(
        people.home.database.db,
        sql`SELECT verified_at IS NOT NULL AS verified FROM identity.accounts WHERE email = ${email}`,
      )
      expect(account).toEqual({ verified: true })
      expect((await people.eventsOf(owner.tenantId)).at(-1)).toMatchObject({
        type: 'UserCreated',
        payload: { userId: user.id, name: 'Zoé', roles: ['lecture', 'chef'], state: 'active' },
      })
      const audit = (await people.auditOf(owner.tenantId)).slice(-2)
      expect(audit).toMatchObject([
        { action: 'invitation.accepted', resourceId: id, changes: { userId: user.id, invitedBy: owner.email } },
        { action: 'session.opened' },
      ])
      const login = await people.call('POST', '/auth/login', { body: { email, password: newPassword } })
      expect(login.status).toBe(200)
    })

    test('works once', async () => {
      const { token } = await anInvitation()
      expect((await accept(token)).status).toBe(200)
      expect(await accept(token)).toMatchObject(invalid)
      expect(await inspect(token)).toMatchObject(invalid)
    })

    test('fifty times at once works once (attack 45)', { timeout: 60_000 }, async () => {
      const { token, email } = await anInvitation()
      const answers = await Promise.all(Array.from({ length: 50 }, () => accept(token)))
      const codes = answers.map(({ status, body }) => (status === 200 ? 'accepted' : body.code))
      expect(codes.filter((code) => code === 'accepted')).toHaveLength(1)
      expect(new Set(codes)).toEqual(new Set(['accepted', 'invitation-invalid', 'sign-in-busy']))
      const { count } = await one(
        people.home.database.db,
        sql<{ count: number }>`SELECT count(*)::int AS count FROM identity.users WHERE email = ${email}`,
      )
      expect(count).toBe(1)
    })

    test('with an account needs its password, and leaves it as it is', async () => {
      const known = await people.aUser()
      const { token } = await anInvitation(known.email)
      expect(await accept(token)).toMatchObject({ status: 401, body: { code: 'credentials-wrong' } })
      const answer = await accept(token, { password })
      expect(answer.status).toBe(200)
      expect((await me(answer)).body).toMatchObject({
        email: known.email,
        name: 'Anne gerant',
        roles: [{ id: 'lecture' }],
      })
      expect((await people.identity.authenticate(known.token))?.tenantId).toBe(known.tenantId)
    })

    test('is no way to guess passwords: ten wrong ones and the account waits', async () => {
      const known = await people.aUser()
      const { token } = await anInvitation(known.email)
      for (let guess = 0; guess < 10; guess += 1) await accept(token)
      expect(await accept(token, { password })).toMatchObject({ status: 429, body: { code: 'sign-in-throttled' } })
    })

    test('with an account that has a second factor needs that too', async () => {
      const { person, recoveryCodes } = await phonesOf(people.home).withDevice()
      const { token } = await anInvitation(person.email)
      expect(await accept(token, { password })).toMatchObject({ status: 401, body: { code: 'second-factor-needed' } })
      const wrong = await accept(token, { password, code: '000000' })
      expect(wrong).toMatchObject({ status: 401, body: { code: 'second-factor-wrong' } })
      expect((await accept(token, { password, code: recoveryCodes[0] })).status).toBe(200)
    })

    test('with an account that has no password yet gives it one', async () => {
      const known = await people.home.aPerson({ passwordHash: null })
      const { token } = await anInvitation(known.email)
      expect((await inspect(token)).body).toMatchObject({ accountExists: false })
      expect((await accept(token)).status).toBe(200)
      expect(
        (await people.call('POST', '/auth/login', { body: { email: known.email, password: newPassword } })).status,
      ).toBe(200)
    })

    test('with a password that may not be used changes nothing', async () => {
      const { token, email } = await anInvitation()
      for (const password of ['court', email]) {
        expect(await accept(token, { password })).toMatchObject({ status: 422, body: { code: 'password-unsuitable' } })
      }
      expect((await inspect(token)).status).toBe(200)
    })

    test('after the account was disabled or erased is refused', async () => {
      const known = await people.aUser()
      const { token } = await anInvitation(known.email)
      await sql`UPDATE identity.accounts SET state = 'disabled' WHERE id = ${known.accountId}`.execute(
        people.home.database.db,
      )
      expect(await accept(token, { password })).toMatchObject(invalid)
    })

    test('when the plan has become too small is refused, and the link still works', async () => {
      const { token } = await anInvitation()
      people.plan.maxUsers = 1
      const answer = await accept(token)
      people.plan.maxUsers = undefined
      expect(answer).toMatchObject({ status: 409, body: { code: 'user-limit-reached' } })
      expect((await accept(token)).status).toBe(200)
    })

    test('from somebody who could not give it any more is refused, until somebody who can sends it again', async () => {
      const inviter = await people.aUser({ tenantId: owner.tenantId })
      const { body } = await invite(undefined, { roles: ['gerant'] }, inviter)
      const token = await people.tokenOf(body.id)
      const lesser = await people.tokenOf((await invite(undefined, {}, inviter)).body.id)
      const roles = (ids: string[]) =>
        people.call('PATCH', `/users/${inviter.userId}`, { as: owner, body: { roles: ids } })
      expect((await roles(['chef', 'lecture'])).status).toBe(200)
      expect(await accept(token)).toMatchObject({ status: 409, body: { code: 'invitation-overtaken' } })
      expect((await people.auditOf(owner.tenantId)).at(-1)).toMatchObject({
        action: 'invitation.acceptance-refused',
        resourceId: body.id,
      })
      const { email } = body
      const accounts = sql`SELECT FROM identity.accounts WHERE email = ${email}`
      expect((await accounts.execute(people.home.database.db)).rows).toEqual([])
      expect((await accept(lesser)).status).toBe(200)
      expect((await remind(body.id)).status).toBe(202)
      expect((await accept(await people.tokenOf(body.id))).status).toBe(200)
    })

    test.each(['deactivated', 'erased'])('from somebody who was %s is refused', async (fate) => {
      const inviter = await people.aUser({ tenantId: owner.tenantId })
      const token = await people.tokenOf((await invite(undefined, {}, inviter)).body.id)
      const user = `/users/${inviter.userId}`
      const done =
        fate === 'erased'
          ? await people.call('DELETE', user, { as: owner })
          : await people.call('PUT', `${user}/deactivation`, { as: owner })
      expect(done.status).toBeLessThan(300)
      expect(await accept(token)).toMatchObject({ status: 409, body: { code: 'invitation-overtaken' } })
    })

    test('again after having been erased makes another user', async () => {
      const known = await people.aUser()
      const first = await anInvitation(known.email)
      const { body } = await me(await accept(first.token, { password }))
      expect((await people.call('DELETE', `/users/${body.id}`, { as: owner })).status).toBe(204)
      const second = await anInvitation(known.email)
      const again = await me(await accept(second.token, { password }))
      expect(again.status).toBe(200)
      expect(again.body.id).not.toBe(body.id)
    })

    test.each(['', 'x', 'y'.repeat(200)])('with the invented token %j is refused', async (token) => {
      expect([401, 422]).toContain((await accept(token)).status)
    })
  })
})
