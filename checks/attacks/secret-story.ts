// Everything that somebody does here with a secret, in one story that works in the control plane and in a site.
import { randomBytes } from 'node:crypto'
import type { HttpServer } from '@platen/kit/http'
import { hotp, stepAt } from '../../identity/second-factor/totp.ts'
import type { Canaries } from './canaries.ts'

export interface StoryPlace {
  readonly app: HttpServer
  readonly host: string
  /** Somebody who may do everything, with a password. */
  readonly who: { readonly email: string; readonly password: string }
  /** A role that may be given. */
  readonly role: string
  /** A permission that may be a scope. */
  readonly scope: string
  /** Of the last mail to that address: the token in its link. */
  mailedToken(to: string): Promise<string>
}

interface Asked {
  readonly method?: 'POST' | 'PUT'
  readonly token?: string
  readonly body: object | string
}

/** What was answered to what is refused. */
export interface StoryAnswers {
  readonly errors: string[]
}

const newSecret = (): string => randomBytes(18).toString('base64url')

/** Sign in, second factor, tokens, invitation, reset, and each of them done wrongly. @returns what was answered to mistakes */
export async function tellSecretStory(place: StoryPlace, canaries: Canaries): Promise<StoryAnswers> {
  const errors: string[] = []
  const ask = askerOf(place, canaries, errors)
  const { email } = place.who
  const password = canaries.plant('password', place.who.password)
  const session = await ask('/auth/login', { body: { email, password } })
  const token = canaries.plant('access token', session.field('accessToken'))
  await makeMistakes(ask, { email, token }, canaries)
  const apiToken = await ask('/auth/api-tokens', { token, body: { name: 'canary', scopes: [place.scope] } })
  await ask('/reports', { token: canaries.plant('API token', apiToken.field('token')), body: { type: 'people' } })
  await invite(ask, place, { token, canaries })
  await reset(ask, place, canaries)
  return { errors }
}

type Ask = (path: string, asked: Asked) => Promise<{ field(name: string): string; list(name: string): string[] }>

function askerOf({ app, host }: StoryPlace, canaries: Canaries, errors: string[]): Ask {
  return async (path, { method = 'POST', token, body }) => {
    const answer = await app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        host,
        'content-type': 'application/json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    })
    if (answer.statusCode >= 400) errors.push(`${path} ${answer.body} ${JSON.stringify(answer.headers)}`)
    for (const cookie of answer.cookies) canaries.plant('refresh token', cookie.value)
    const read = (name: string): unknown => Reflect.get(answer.json<object>(), name)
    return {
      field(name) {
        const value = read(name)
        if (typeof value === 'string') return value
        throw new Error(`${path} answered ${answer.statusCode} without ${name}: ${answer.body}`)
      },
      list: (name) => read(name) as string[], // a test fails on anything else
    }
  }
}

/** Secrets where they do not belong: an answer that repeats what was sent would show them. */
async function makeMistakes(
  ask: Ask,
  { email, token }: { email: string; token: string },
  canaries: Canaries,
): Promise<void> {
  const wrong = canaries.plant('wrong password', newSecret())
  await ask('/auth/login', { body: { email, password: wrong } })
  await ask('/auth/login', { body: { email: wrong, password: wrong } })
  await ask('/auth/login', { body: { email, password: [wrong] } })
  await ask('/auth/login', { body: { email, password: wrong, remember: wrong } })
  await ask('/auth/login', { body: `{"email":"${email}","password":"${wrong}` })
  await ask('/auth/login', { body: `{"email":"${email}","password":"${wrong}","password":"${wrong}"}` })
  await ask('/auth/password', { method: 'PUT', token, body: { currentPassword: wrong, newPassword: newSecret() } })
  await ask('/auth/invitations/inspection', { body: { token: canaries.plant('wrong link', newSecret()) } })
  await ask('/auth/second-factor', { token, body: { password: wrong } })
  await ask('/reports', {
    token: canaries.plant('wrong token', `platen_${'0'.repeat(12)}_${randomBytes(32).toString('base64url')}`),
    body: {},
  })
}

async function invite(
  ask: Ask,
  place: StoryPlace,
  { token, canaries }: { token: string; canaries: Canaries },
): Promise<void> {
  const email = `invited-${newSecret()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')}@example.org`
  await ask('/invitations', { token, body: { email, roles: [place.role] } })
  const link = canaries.plant('link of an invitation', await place.mailedToken(email))
  const password = canaries.plant('password of who was invited', newSecret())
  await ask('/auth/invitations/inspection', { body: { token: link } })
  const theirs = await ask('/auth/invitations/acceptance', { body: { token: link, name: 'Invited', password } })
  const own = canaries.plant('access token of who was invited', theirs.field('accessToken'))
  const begun = await ask('/auth/second-factor', { token: own, body: { password } })
  const key = canaries.plant('TOTP secret', begun.field('secret'))
  const confirmed = await ask('/auth/second-factor', {
    method: 'PUT',
    token: own,
    body: { code: hotp(bytesOf(key), stepAt(Date.now())) },
  })
  for (const code of confirmed.list('recoveryCodes')) canaries.plant('recovery code', code.padEnd(12, ' ').trimEnd())
  await ask('/auth/login', { body: { email, password, code: confirmed.list('recoveryCodes')[0] } })
}

async function reset(ask: Ask, place: StoryPlace, canaries: Canaries): Promise<void> {
  await ask('/auth/password-resets', { body: { email: place.who.email } })
  const link = canaries.plant('link of a reset', await place.mailedToken(place.who.email))
  const newPassword = canaries.plant('new password', newSecret())
  await ask('/auth/password-resets/redemption', { body: { token: link, newPassword: 'password' } })
  await ask('/auth/password-resets/redemption', { body: { token: link, newPassword } })
  await ask('/auth/login', { body: { email: place.who.email, password: newPassword } })
}

function bytesOf(base32: string): Buffer {
  const bits = Array.from(base32, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
