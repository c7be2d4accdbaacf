import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { importJWK, SignJWT, type JWK } from 'jose'
import { newId } from '@platen/kit/ids'
import { sql } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity } from '../index.ts'
import { openTestIdentity, password, visitor, type Person, type TestIdentity } from '../testing/identity.ts'

let home: TestIdentity
let identity: Identity
let person: Person
let genuine: string
let claims: Record<string, unknown>
let kid: string
let publicJwk: JWK
let privateJwk: JWK

beforeAll(async () => {
  home = await openTestIdentity('site')
  identity = home.identity
  person = await home.aPerson()
  genuine = (await identity.signIn({ email: person.email, password }, visitor)).accessToken
  claims = decode(genuine, 1)
  const { rows } = await sql<{ kid: string; public_jwk: JWK; sealed_private_key: string }>`
    SELECT * FROM identity.signing_keys`.execute(home.database.db)
  const key = rows[0]
  if (key === undefined) throw new Error('signing in made no key')
  kid = key.kid
  publicJwk = key.public_jwk
  privateJwk = JSON.parse(home.vault.open(key.sealed_private_key, `identity.signing_keys/${kid}`).expose()) as JWK // as stored
})
afterAll(() => home.database.drop())

const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const decode = (token: string, part: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown> // our own token
const unsigned = (header: unknown, payload: unknown = claims, signature = ''): string =>
  `${encode(header)}.${encode(payload)}.${signature}`
const header = (changes: object = {}) => ({ alg: 'RS256', typ: 'at+jwt', kid, ...changes })
const nowSeconds = () => Math.floor(Date.now() / 1000)

/** Signed with the real key: only what is signed is wrong. */
async function signed(payload: object, changes: object = {}): Promise<string> {
  const key = await importJWK(privateJwk, 'RS256')
  const protectedHeader = { ...header(changes) }
  return new SignJWT({ ...claims, ...payload }).setProtectedHeader(protectedHeader).sign(key)
}

async function hmacSigned(alg: string, secret: string | Buffer): Promise<string> {
  const body = `${encode(header({ alg }))}.${encode(claims)}`
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`
}

const signatureOf = (token: string): string => token.split('.')[2] ?? ''
const without = (...names: string[]) => Object.fromEntries(names.map((name) => [name, undefined]))

type Forgeries = Record<string, () => string | Promise<string>>

/** Algorithm and signature. */
const forged: Forgeries = {
  'alg none': () => unsigned(header({ alg: 'none' })),
  'alg NONE': () => unsigned(header({ alg: 'NONE' })),
  'alg nOnE': () => unsigned(header({ alg: 'nOnE' })),
  'alg none with the genuine signature': () => unsigned(header({ alg: 'none' }), claims, signatureOf(genuine)),
  'alg empty': () => unsigned(header({ alg: '' })),
  'alg absent': () => unsigned(header({ alg: undefined }), claims, signatureOf(genuine)),
  'alg an array': () => unsigned(header({ alg: ['RS256'] }), claims, signatureOf(genuine)),
  'HS256 with the public key as JSON': () => hmacSigned('HS256', JSON.stringify(publicJwk)),
  'HS256 with the modulus': () => hmacSigned('HS256', Buffer.from(publicJwk.n ?? '', 'base64url')),
  'HS256 with an empty secret': () => hmacSigned('HS256', ''),
  'HS384 named, HS256 made': () => hmacSigned('HS384', JSON.stringify(publicJwk)),
  'RS256 named, HMAC made': () => hmacSigned('RS256', JSON.stringify(publicJwk)),
  'RS384 named': () => unsigned(header({ alg: 'RS384' }), claims, signatureOf(genuine)),
  'PS256 named': () => unsigned(header({ alg: 'PS256' }), claims, signatureOf(genuine)),
  'ES256 named': () => unsigned(header({ alg: 'ES256' }), claims, signatureOf(genuine)),
  'signature absent': () => unsigned(header()),
  'signature random': () => unsigned(header(), claims, randomBytes(256).toString('base64url')),
  'signature cut': () => genuine.slice(0, -20),
  'signature changed by one character': () => genuine.replace(/.(?=.{9}$)/, (c) => (c === 'A' ? 'B' : 'A')),
  'payload changed': () => unsigned(decode(genuine, 0), { ...claims, sub: newId() }, signatureOf(genuine)),
  'payload with a later exp': () =>
    unsigned(decode(genuine, 0), { ...claims, exp: nowSeconds() + 9e6 }, signatureOf(genuine)),
  'header repeated with other members': () => unsigned(header({ x: 1 }), claims, signatureOf(genuine)),
  'crit unknown': () => unsigned(header({ crit: ['platen'], platen: 1 }), claims, signatureOf(genuine)),
  'b64 false': () => unsigned(header({ b64: false, crit: ['b64'] }), claims, signatureOf(genuine)),
  'b64 false without crit': () => unsigned(header({ b64: false }), claims, signatureOf(genuine)),
  'alg twice, none first': () =>
    unsigned(`{"alg":"none","alg":"RS256","typ":"at+jwt","kid":"${kid}"}`, claims, signatureOf(genuine)),
  'alg twice, none last': () => unsigned(`{"alg":"RS256","alg":"none","typ":"at+jwt","kid":"${kid}"}`),
  'sub twice': () =>
    unsigned(decode(genuine, 0), JSON.stringify(claims).replace('{', `{"sub":"${newId()}",`), signatureOf(genuine)),
  'tid twice, the other last': () =>
    unsigned(decode(genuine, 0), JSON.stringify(claims).replace(/}$/, `,"tid":"${newId()}"}`), signatureOf(genuine)),
  'payload not JSON': () => unsigned(header(), 'not json', signatureOf(genuine)),
  'payload an array': () => unsigned(header(), [claims], signatureOf(genuine)),
  'four parts': () => `${genuine}.${signatureOf(genuine)}`,
  'two parts': () => genuine.split('.').slice(0, 2).join('.'),
  'five parts (JWE)': () => `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM', kid })}.AA.AA.AA.AA`,
  empty: () => '',
  'dots only': () => '..',
}

/** What says which key is to be used. */
const keyed: Forgeries = {
  'kid absent': () => signed({}, { kid: undefined }),
  'kid unknown': () => signed({}, { kid: 'ffffffff-0000-0000-0000-000000000000' }),
  'kid a path': () => signed({}, { kid: '../../../../dev/null' }),
  'kid SQL': () => signed({}, { kid: `x' UNION SELECT kid FROM identity.signing_keys --` }),
  'kid with NUL': () => signed({}, { kid: `${kid}\0` }),
  'kid of 1 MB': () => signed({}, { kid: 'k'.repeat(1_000_000) }),
  'kid __proto__': () => signed({}, { kid: '__proto__' }),
  'kid a number': () => signed({}, { kid: 5 }),
  'jwk of the forger in the header': async () => {
    const { generateKeyPair, exportJWK } = await import('jose')
    const pair = await generateKeyPair('RS256', { extractable: true })
    const jwk = await exportJWK(pair.publicKey)
    return new SignJWT(claims).setProtectedHeader(header({ jwk, kid: 'mine' })).sign(pair.privateKey)
  },
  'jku and x5u of the forger': () =>
    unsigned(header({ jku: 'https://evil.test/jwks', x5u: 'https://evil.test/x5u', kid: 'mine' }), claims, 'AAAA'),
}

/** Signed by us, and still not an access token for this place. */
const misplaced: Forgeries = {
  'typ absent': () => signed({}, { typ: undefined }),
  'typ JWT': () => signed({}, { typ: 'JWT' }),
  'typ of an id token': () => signed({}, { typ: 'id+jwt' }),
  'aud of another site': () => signed({ aud: `site:${newId()}` }),
  'aud of the manager': () => signed({ aud: 'manager' }),
  'aud absent': () => signed(without('aud')),
  'iss of another origin': () => signed({ iss: 'https://anvil.test.evil' }),
  'iss absent': () => signed(without('iss')),
  'exp a minute ago': () => signed({ exp: nowSeconds() - 60 }),
  'exp absent': () => signed(without('exp')),
  'exp a text': () => signed({ exp: 'never' }),
  'nbf in a minute': () => signed({ nbf: nowSeconds() + 60 }),
  'sub absent': () => signed(without('sub')),
  'sub not an id': () => signed({ sub: `' OR 1=1 --` }),
  'sub of somebody else': () => signed({ sub: newId() }),
  'tid of another tenant': () => signed({ tid: newId() }),
  'sid absent': () => signed(without('sid')),
  'sid of no session': () => signed({ sid: newId() }),
}

describe('a forged token (attack 12: algorithm and signature)', () => {
  test('are many', () => expect(Object.keys(forged).length).toBeGreaterThanOrEqual(30))

  test('is told from one that this test signs with the real key, so that the refusals mean something', async () => {
    expect(await identity.authenticate(await signed({}))).toBeDefined()
  })

  test.each(Object.entries(forged))('is refused with %s', async (_what, forge) => {
    expect(await identity.authenticate(await forge())).toBeUndefined()
  })
})

describe('a token that chooses its key (attack 13: kid, jku, x5u, jwk)', () => {
  test.each(Object.entries(keyed))('is refused with %s', async (_what, forge) => {
    expect(await identity.authenticate(await forge())).toBeUndefined()
  })

  test('makes nobody fetch what its header names', async () => {
    let fetched = 0
    const listener = createServer((_request, response) => {
      fetched += 1
      response.end('{"keys":[]}')
    })
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
    const { port } = listener.address() as AddressInfo // it listens on TCP
    const url = `http://127.0.0.1:${port}/jwks`
    for (const member of ['jku', 'x5u']) {
      for (const which of [kid, 'mine']) {
        await identity.authenticate(await signed({}, { [member]: url, kid: which }))
      }
    }
    listener.close()
    expect(fetched).toBe(0)
  })
})

describe('a token for another place or time (attack 14: exp, nbf, iss, aud, typ, tenant)', () => {
  test.each(Object.entries(misplaced))('is refused with %s', async (_what, forge) => {
    expect(await identity.authenticate(await forge())).toBeUndefined()
  })

  test('of another site with the same keys is refused', async () => {
    const elsewhere = home.another({ audience: `site:${newId()}` })
    expect(await elsewhere.authenticate(genuine)).toBeUndefined()
  })
})
