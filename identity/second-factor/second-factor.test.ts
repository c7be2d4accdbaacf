import { one, rows, sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Principal } from '../index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'
import { phonesOf, type Device, type Phones } from '../testing/second-factor.ts'

const codeWrong = { code: 'code-wrong', status: 422, errors: [{ pointer: '/code' }] }

describe.each(Object.keys(places) as (keyof typeof places)[])('a second factor as the role of a %s', (place) => {
  let home: TestIdentity
  let phones: Phones
  beforeAll(async () => {
    home = await openTestIdentity(place)
    phones = phonesOf(home)
  })
  afterAll(() => home.database.drop())

  const signIn = ({ person }: Pick<Device, 'person'>, code?: string) =>
    phones.identity.signIn({ email: person.email, password, code }, visitor)
  const asks = async (device: Pick<Device, 'person'>, code?: string): Promise<Principal> => {
    const principal = await phones.identity.authenticate((await signIn(device, code)).accessToken)
    if (principal === undefined) throw new Error('the session is over')
    return principal
  }

  test('counts from its first code on, and is audited', async () => {
    const { secondFactor } = phones.identity
    const person = await home.aPerson()
    const principal = await asks({ person })
    await secondFactor.begin(principal, password, visitor)
    expect(await secondFactor.state(principal)).toMatchObject({ on: false, since: null })
    await signIn({ person })
    const device = await phones.withDevice()
    const turnedOn = await asks(device, device.code())
    expect(await secondFactor.state(turnedOn)).toMatchObject({ on: true, recoveryCodesLeft: 10 })
    expect(await auditOf(home.database, turnedOn.accountId)).toEqual(['second-factor.turned-on'])
  })

  test('is begun by who knows the password only, and not twice', async () => {
    const device = await phones.withDevice()
    const principal = await asks(device, device.code())
    const { secondFactor } = phones.identity
    await expect(secondFactor.begin(principal, 'a wrong one', visitor)).rejects.toMatchObject({
      code: 'password-wrong',
      errors: [{ pointer: '/password' }],
    })
    await expect(secondFactor.begin(principal, password, visitor)).rejects.toMatchObject({ code: 'second-factor-on' })
    await expect(secondFactor.confirm(principal, '123456', visitor)).rejects.toMatchObject({ code: 'second-factor-on' })
  })

  test('cannot be confirmed before it was begun, nor by a wrong code', async () => {
    const person = await home.aPerson()
    const principal = await asks({ person })
    const { secondFactor } = phones.identity
    await expect(secondFactor.confirm(principal, '123456', visitor)).rejects.toMatchObject({
      code: 'second-factor-off',
    })
    await secondFactor.begin(principal, password, visitor)
    await expect(secondFactor.confirm(principal, 'abcdef', visitor)).rejects.toMatchObject(codeWrong)
    expect(await auditOf(home.database, principal.accountId)).toEqual(['second-factor.refused'])
  })

  test('is asked for at sign-in, after the password; the session says which kind was given', async () => {
    const device = await phones.withDevice()
    await expect(signIn(device)).rejects.toMatchObject({ code: 'second-factor-needed', status: 401 })
    await expect(
      phones.identity.signIn({ email: device.person.email, password: 'a wrong one', code: device.code() }, visitor),
    ).rejects.toMatchObject({ code: 'credentials-wrong' })
    const typed = device.code()
    const byApp = await asks(device, `${typed.slice(0, 3)} ${typed.slice(3)}`)
    const byPaper = await asks(device, device.recoveryCodes[3]?.toUpperCase().replaceAll('-', ' '))
    const found = await rows(
      home.database.db,
      sql`SELECT second_factor AS kind FROM identity.sessions WHERE id IN (${byApp.sessionId}, ${byPaper.sessionId}) ORDER BY id`,
    )
    expect(found).toEqual([{ kind: 'totp' }, { kind: 'recovery-code' }])
  })

  test('takes each code once, and none older than the last one', async () => {
    const device = await phones.withDevice()
    const older = device.code()
    phones.nextStep()
    const code = device.code()
    const answers = await Promise.allSettled([signIn(device, code), signIn(device, code), signIn(device, code)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await expect(signIn(device, older)).rejects.toMatchObject({ code: 'second-factor-wrong', status: 401 })
  })

  test('takes each recovery code once, also from two at the same time', async () => {
    const { recoveryCodes, person } = await phones.withDevice()
    const [code] = recoveryCodes
    const answers = await Promise.allSettled([signIn({ person }, code), signIn({ person }, code)])
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(new Set(recoveryCodes).size).toBe(10)
  })

  test('takes no recovery code of somebody else', async () => {
    const [mine, theirs] = [await phones.withDevice(), await phones.withDevice()]
    await expect(signIn(mine, theirs.recoveryCodes[0])).rejects.toMatchObject({ code: 'second-factor-wrong' })
  })

  test('is turned off by password and code together, codes of the old device included', async () => {
    const device = await phones.withDevice()
    const principal = await asks(device, device.code())
    const { secondFactor } = phones.identity
    phones.nextStep()
    const code = device.code()
    await expect(secondFactor.remove(principal, { password: 'a wrong one', code }, visitor)).rejects.toMatchObject({
      code: 'password-wrong',
    })
    await expect(secondFactor.remove(principal, { password, code: '000' }, visitor)).rejects.toMatchObject(codeWrong)
    await secondFactor.remove(principal, { password, code }, visitor)
    expect(await secondFactor.state(principal)).toEqual({ on: false, since: null, recoveryCodesLeft: 0 })
    await signIn(device)
    await expect(secondFactor.remove(principal, { password, code }, visitor)).rejects.toMatchObject({
      code: 'second-factor-off',
    })
    expect(await auditOf(home.database, principal.accountId)).toEqual([
      'second-factor.turned-on',
      'second-factor.refused',
      'second-factor.turned-off',
    ])
  })

  test('gives new recovery codes, after which the old ones are no use', async () => {
    const device = await phones.withDevice()
    const principal = await asks(device, device.code())
    phones.nextStep()
    const renewed = await phones.identity.secondFactor.renewRecoveryCodes(
      principal,
      { password, code: device.code() },
      visitor,
    )
    await expect(signIn(device, device.recoveryCodes[0])).rejects.toMatchObject({ code: 'second-factor-wrong' })
    await signIn(device, renewed[0])
  })

  test('is stored sealed, its recovery codes as hashes, and neither is in the audit trail', async () => {
    const { recoveryCodes, person } = await phones.withDevice()
    const { text, sealed } = await one(
      home.database.db,
      sql<{ text: string; sealed: string }>`SELECT (SELECT string_agg(c::text, '') FROM identity.recovery_codes c) ||
          (SELECT string_agg(e::text, '') FROM identity.audit_entries e) AS text,
          (SELECT sealed_totp_secret FROM identity.accounts WHERE id = ${person.accountId}) AS sealed`,
    )
    for (const code of recoveryCodes) expect(text).not.toContain(code)
    const context = `identity.accounts/${person.accountId}/totp`
    expect(home.vault.openBytes(sealed, context)).toHaveLength(20)
    expect(() => home.vault.openBytes(sealed, context.replace(person.accountId, 'another'))).toThrow('does not open')
  })
})
