import { describe, expect, test } from 'vitest'
import { Secret } from '../secrets/index.ts'
import { createLogger, redactText } from './index.ts'

const canary = 'canary-3f9a1c'

function logged(write: (logger: ReturnType<typeof createLogger>) => void): {
  text: string
  lines: Record<string, unknown>[]
} {
  let text = ''
  const destination = { write: (line: string) => (text += line) }
  write(createLogger({ name: 'test', level: 'trace', destination }))
  // Every line of the log is a JSON object; anything else fails here.
  const lines = text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>) // prettier-ignore
  return { text, lines }
}

describe('a log line', () => {
  test('says who, when, how bad and what', () => {
    const { lines } = logged((logger) => logger.warn({ siteId: 's1' }, 'site is slow'))
    expect(lines).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        name: 'test',
        pid: process.pid,
        siteId: 's1',
        msg: 'site is slow',
      },
    ])
  })

  test('carries the whole cause chain and what drivers put beside the message', () => {
    const root = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', password: canary })
    const { lines, text } = logged((logger) => logger.error({ err: new TypeError('outer', { cause: root }) }, 'failed'))
    expect(lines[0]).toMatchObject({
      err: {
        type: 'TypeError',
        message: 'outer',
        cause: { message: 'refused', code: 'ECONNREFUSED', password: '[redacted]' },
      },
    })
    expect(text).not.toContain(canary)
  })

  test('survives cycles, depth, width, big integers and throwing it nonsense', () => {
    const cycle: Record<string, unknown> = {
      a: 1n,
      f: () => 1,
      b: Buffer.alloc(9),
      d: new Date(Number.NaN),
      m: new Map([['k', new Set([1])]]),
    }
    cycle['self'] = cycle
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 1)
    const { lines } = logged((logger) =>
      logger.info({ cycle, deep, wide: Array.from({ length: 1000 }, (_, index) => index) }, 'odd'),
    )
    expect(lines[0]).toMatchObject({
      cycle: { a: '1', self: '[circular]', b: '[9 bytes]', d: 'Invalid Date', m: { k: [1] } },
    })
    expect(JSON.stringify(lines[0])).toContain('[too deep]')
    expect(JSON.stringify(lines[0])).toContain('[900 more]')
  })
})

describe('secrets', () => {
  test.each([
    ['a password field', { password: canary }],
    ['a nested password field', { body: { user: [{ newPassword: canary }] } }],
    ['headers', { headers: { authorization: `Bearer ${canary}`, cookie: `a=${canary}`, 'set-cookie': [canary] } }],
    ['tokens', { accessToken: canary, refresh_token: canary, ticket: canary, setupCode: canary }],
    ['keys', { apiKey: canary, privateKeyPem: canary, masterKey: canary, clientSecret: canary }],
    ['the Secret type under an innocent name', { value: new Secret(canary), list: [new Secret(canary)] }],
    ['a bearer token inside a text', { note: `sent Authorization: Bearer ${canary}` }],
    ['a password inside a URL', { url: `postgres://user:${canary}@host/db` }],
    ['a ticket inside a URL', { url: `https://a.test/open#ticket=${canary}` }],
    ['a JWT inside a text', { note: `token eyJhbGciOiJSUzI1NiJ9.eyJ${canary}.${canary}` }],
    ['a private key', { note: `-----BEGIN PRIVATE KEY-----\n${canary}\n-----END PRIVATE KEY-----` }],
  ])('in %s stay out of the log', (_where, facts) => {
    const { text, lines } = logged((logger) => {
      logger.info(facts, 'event')
      logger.child(facts).info('from a child')
    })
    expect(lines).toHaveLength(2)
    expect(text).not.toContain(canary)
  })

  test('are not the facts about them', () => {
    const { lines } = logged((logger) =>
      logger.info({ tokenId: 't1', passwordSetAt: 'now', hasPassword: true, cookieCount: 2 }, 'x'),
    )
    expect(lines[0]).toMatchObject({ tokenId: 't1', passwordSetAt: 'now', hasPassword: true, cookieCount: 2 })
  })
})

describe('hostile text', () => {
  test.each([
    ['beginnings of tokens', 'eyJaaaaaaaa-'],
    ['beginnings of tokens with an end', `${'eyJaaaaaaaa-'.repeat(20)}.bbbbbbbb-`],
    ['beginnings of private keys', '-----BEGIN PRIVATE KEY-----'],
    ['beginnings of names', '-----BEGIN A'],
    ['beginnings of addresses', '://a:'],
    ['beginnings of passwords', "password ''"],
    ['beginnings of headers', 'Bearer   '],
  ])('made of %s takes no longer than other text', (_what, part) => {
    const text = part.repeat(Math.ceil(200_000 / part.length))
    const startedMs = performance.now()
    redactText(text)
    // Milliseconds; seconds where each beginning looks on to the end.
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })

  test.each([
    ['a line break', 'a\r\n{"level":"fatal","msg":"forged"}'],
    ['a quote', 'a","msg":"forged'],
    ['terminal colours', '\u001b[31mred\u001b[0m \u009b31m'],
    ['reversed reading', 'user\u202Etxt.exe \u2066x\u2069'],
    ['other line separators', 'a\u2028b\u2029c\u0085d'],
    ['invisible marks', 'a\u200bb\ufeffc\u00add'],
    ['NUL and lone surrogates', 'a\0b\ud800c'],
  ])('with %s is one line, harmless to a terminal and unchanged for a parser', (_what, text) => {
    const { text: raw, lines } = logged((logger) => {
      logger.info({ value: text, [text]: 1, nested: { [text]: text } }, text)
      logger.child({ who: text }).info(text)
    })
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatchObject({ value: text.toWellFormed() === text ? text : expect.any(String), level: 'info' })
    expect(lines[0]).not.toHaveProperty('forged')
    // oxlint-disable-next-line no-control-regex -- they are what must not be there
    expect(raw).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/,
    )
  })
})
