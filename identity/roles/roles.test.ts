import { newId } from '@platen/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestPeople, type Answer, type TestPeople, type TestUser } from '../testing/people.ts'

describe.each(['site', 'plane'] as const)('roles as the role of a %s', (place) => {
  let people: TestPeople
  let owner: TestUser
  beforeAll(async () => {
    people = await openTestPeople(place)
    owner = await people.aUser()
  })
  afterAll(() => people.close())

  const make = (as: TestUser, role: object = {}): Promise<Answer> =>
    people.call('POST', '/roles', { as, body: { name: `Rôle ${newId()}`, permissions: ['products.read'], ...role } })
  const change = (as: TestUser, id: string, body: object, ifMatch?: string) =>
    people.call('PATCH', `/roles/${id}`, { as, body, ...(ifMatch === undefined ? {} : { ifMatch }) })
  const remove = (as: TestUser, id: string) => people.call('DELETE', `/roles/${id}`, { as })
  const give = (user: TestUser, ...roles: string[]) =>
    people.call('PATCH', `/users/${user.userId}`, { as: owner, body: { roles } })
  const aMember = (role = 'lecture') => people.aUser({ role, tenantId: owner.tenantId })

  test('of the system stand beside own ones, with how many users have each', async () => {
    const alone = await people.aUser()
    const own = await make(alone, { name: 'Équipe', description: 'Du lundi' })
    expect(own).toMatchObject({ status: 201, body: { name: 'Équipe', system: false, version: 1, users: 0 } })
    const read = await people.call('GET', `/roles/${own.body.id}`, { as: alone })
    expect(read.headers['etag']).toMatch(/^"v1-/)
    const { body } = await people.call('GET', '/roles', { as: alone })
    expect(body.items.map(({ id, system, users }) => [id, system, users])).toEqual([
      ['gerant', true, 1],
      ['chef', true, 0],
      ['lecture', true, 0],
      [own.body.id, false, 0],
    ])
    expect((await people.call('GET', '/roles/gerant', { as: alone })).body).toMatchObject({
      permissions: ['*'],
      users: 1,
    })
    expect((await people.call('GET', `/roles/${own.body.id}`, { as: alone })).body).toEqual(own.body)
  })

  test('of one’s own give what they say, within one process at once', async () => {
    const member = await aMember()
    const { body } = await make(owner, { permissions: ['users.read'] })
    expect((await people.call('GET', '/users', { as: member })).status).toBe(403)
    await give(member, 'lecture', body.id)
    expect((await people.call('GET', '/users', { as: member })).status).toBe(200)
    const changed = await change(owner, body.id, { permissions: ['products.write'] }, '"v1"')
    expect(changed).toMatchObject({ status: 200, body: { version: 2, users: 1, permissions: ['products.write'] } })
    expect((await people.call('GET', '/users', { as: member })).status).toBe(403)
  })

  test('are changed from their newest version only, and audited with both states', async () => {
    const { body } = await make(owner)
    await change(owner, body.id, { permissions: ['products.write'] })
    expect(await change(owner, body.id, { description: 'x' }, '"v1"')).toMatchObject({ status: 412 })
    expect((await people.auditOf(owner.tenantId)).filter(({ resourceId }) => resourceId === body.id)).toEqual([
      expect.objectContaining({ action: 'role.created' }),
      expect.objectContaining({
        action: 'role.changed',
        changes: {
          before: { name: body.name, description: '', permissions: ['products.read'] },
          after: { name: body.name, description: '', permissions: ['products.write'] },
        },
      }),
    ])
  })

  test.each(['POST', 'PATCH'] as const)(
    '%s with a permission that is none is refused with those that are',
    async (verb) => {
      const permissions = ['products.read', 'products.fly']
      const answer =
        verb === 'POST'
          ? await make(owner, { permissions })
          : await change(owner, (await make(owner)).body.id, { permissions })
      expect(answer).toMatchObject({
        status: 422,
        body: { code: 'permission-unknown', errors: [{ pointer: '/permissions/1' }] },
      })
      expect(answer.body.detail).toContain('products.read, products.write, users.read')
    },
  )

  test('never hold everything: that is for roles of the system', async () => {
    expect(await make(owner, { permissions: ['*'] })).toMatchObject({
      status: 422,
      body: { code: 'permission-unknown' },
    })
  })

  test.each(['Lecture', 'ÉQUIPE 1'])('called %j, as another one, are refused', async (name) => {
    await make(owner, { name: 'Équipe 1' })
    expect(await make(owner, { name })).toMatchObject({
      status: 409,
      body: { code: 'role-name-taken', errors: [{ pointer: '/name' }] },
    })
  })

  test('of the system are neither changed nor deleted', async () => {
    for (const answer of [await change(owner, 'lecture', { description: 'x' }), await remove(owner, 'lecture')]) {
      expect(answer).toMatchObject({ status: 409, body: { code: 'role-is-system' } })
    }
  })

  test('in use are not deleted, and the refusal says by how many', async () => {
    const { body } = await make(owner)
    const [first, second] = [await aMember(), await aMember()]
    for (const member of [first, second]) await give(member, body.id)
    await people.call('POST', '/invitations', {
      as: owner,
      body: { email: `x-${newId()}@example.fr`, roles: [body.id] },
    })
    expect(await remove(owner, body.id)).toMatchObject({
      status: 409,
      body: {
        code: 'role-in-use',
        users: 2,
        invitations: 1,
        detail: expect.stringContaining('2 users have this role'),
      },
    })
    const spare = await make(owner)
    expect((await remove(owner, spare.body.id)).status).toBe(204)
    expect((await remove(owner, spare.body.id)).status).toBe(404)
  })

  test('cannot be given to somebody and deleted at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { body } = await make(owner)
      const member = await aMember()
      const [given, deleted] = await Promise.all([give(member, body.id), remove(owner, body.id)])
      expect([
        [200, 409],
        [422, 204],
      ]).toContainEqual([given.status, deleted.status])
    }
  })

  describe('are no way to more than one has:', () => {
    test('who makes one must hold what is in it', async () => {
      const chef = await aMember('chef')
      expect(await make(chef, { permissions: ['products.read', 'products.write'] })).toMatchObject({
        status: 403,
        body: { code: 'grant-refused', missing: ['products.write'] },
      })
      expect((await make(chef)).status).toBe(201)
    })

    test('who changes or deletes one must hold what was in it and what will be', async () => {
      const chef = await aMember('chef')
      const low = await make(owner)
      expect((await give(chef, 'chef', low.body.id)).status).toBe(200)
      expect(await change(chef, low.body.id, { permissions: ['products.write'] })).toMatchObject({
        status: 403,
        body: { code: 'grant-refused' },
      })
      const high = await make(owner, { permissions: ['products.write'] })
      for (const answer of [
        await change(chef, high.body.id, { permissions: ['products.read'] }),
        await change(chef, high.body.id, { name: 'Autre' }),
        await remove(chef, high.body.id),
      ]) {
        expect(answer).toMatchObject({ status: 403, body: { code: 'grant-refused' } })
      }
      expect((await people.auditOf(owner.tenantId)).at(-1)).toMatchObject({
        action: 'role.change-refused',
        resourceId: high.body.id,
        changes: { attempted: 'role.deleted', code: 'grant-refused' },
      })
    })
  })

  test('of another tenant are like roles that do not exist', async () => {
    const stranger = await people.aUser()
    const theirs = (await make(stranger)).body.id
    const member = await aMember()
    for (const attempt of [
      (id: string) => people.call('GET', `/roles/${id}`, { as: owner }),
      (id: string) => change(owner, id, { name: 'Eve' }),
      (id: string) => remove(owner, id),
      (id: string) => give(member, id),
    ]) {
      const [foreign, absent] = [await attempt(theirs), await attempt(newId())]
      expect([foreign.status, foreign.body.detail]).toEqual([absent.status, absent.body.detail])
      expect([404, 422]).toContain(foreign.status)
    }
    expect((await people.call('GET', '/roles', { as: owner })).text).not.toContain(theirs)
  })

  test('are made of permissions, of which everybody sees which they hold', async () => {
    const chef = await aMember('chef')
    const { body } = await people.call('GET', '/permissions', { as: chef })
    expect(body.items).toContainEqual({ name: 'products.read', resource: 'products', action: 'read', held: true })
    expect(body.items).toContainEqual({ name: 'products.write', resource: 'products', action: 'write', held: false })
    expect(body.items).toContainEqual({ name: 'users.write', resource: 'users', action: 'write', held: true })
  })
})
