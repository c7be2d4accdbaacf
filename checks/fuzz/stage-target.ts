import type { HttpServer } from '@platen/kit/http'
import { readApiDocument, type Json } from './api-document.ts'
import type { FuzzTarget } from './run-fuzz.ts'

/** A server with people in it. */
export interface Stage {
  readonly name: 'manager' | 'site'
  readonly app: HttpServer
  readonly host: string
  readonly people: Readonly<Record<string, Person>>
  readonly atMost: ReadonlyMap<string, number>
  readonly streams?: ReadonlySet<string>
  close(): Promise<void>
}

interface Person {
  /** Signs in somebody new in this role; answers an access token. */
  signIn(): Promise<string>
  /** Answers them 200 as long as nobody took the role from them. */
  readonly probe: string
  /** How often beside the others. Whoever may do more gets further. */
  readonly weight?: number
}

/** Loosened for the fuzz, not removed: the limiter does its work, for many times as many requests. */
export const looseLimits = { ip: 10_000_000, account: 10_000_000, tenant: 10_000_000 }

/** What costs a password hash, a key, a walk through everything: so many of it in one run. */
export function costlyOperations(...more: readonly (readonly [string, number])[]): ReadonlyMap<string, number> {
  const hashes = [
    'POST /api/v1/auth/login',
    'PUT /api/v1/auth/password',
    'POST /api/v1/auth/password-resets/redemption',
    'POST /api/v1/auth/invitations/acceptance',
    'POST /api/v1/auth/register',
    'POST /api/v1/auth/second-factor',
    'DELETE /api/v1/auth/second-factor',
    'POST /api/v1/auth/second-factor/recovery-codes',
  ].map((name) => [name, 200] as const)
  const walks = ['POST /api/v1/audit-verifications', 'GET /api/v1/audit-exports'].map((name) => [name, 60] as const)
  return new Map([...hashes, ...walks, ['POST /api/v1/auth/signing-keys/rotations', 20], ...more])
}

export async function stageTarget(stage: Stage): Promise<FuzzTarget> {
  const { app, host, people } = stage
  const document = await readApiDocument(stage.name)
  const tokens = new Map<string, string>()
  let sent = 0
  const send: FuzzTarget['send'] = async ({ caller, method, url, headers, body }) => {
    const token = tokens.get(caller)
    sent += 1
    const answer = await app.inject({
      method,
      url,
      remoteAddress: `198.51.100.${sent % 250}`,
      headers: { host, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
      ...(body === undefined ? {} : { payload: body }),
    })
    return { status: answer.statusCode, contentType: String(answer.headers['content-type'] ?? ''), text: answer.body }
  }
  const get = (caller: string, url: string) => send({ caller, method: 'GET', url, headers: {}, body: undefined })
  // A list of the document: everything that takes a cursor.
  const lists = document.operations.filter(
    ({ method, path, parameters }) =>
      method === 'GET' && !path.includes('{') && parameters.some(({ name }) => name === 'cursor'),
  )
  return {
    ...stage,
    document,
    callers: [
      { name: 'anonymous', weight: 1 },
      ...Object.entries(people).map(([name, { weight = 1 }]) => ({ name, weight })),
    ],
    streams: stage.streams ?? new Set(),
    send,
    async renew(learn) {
      for (const [caller, person] of Object.entries(people)) {
        if (tokens.has(caller) && (await get(caller, person.probe)).status === 200) continue
        tokens.set(caller, await person.signIn())
        for (const { path } of lists) {
          const { status, text } = await get(caller, path)
          if (status === 200 && text.startsWith('{')) learn(path, JSON.parse(text) as Json) // its schema is checked elsewhere
        }
      }
    },
  }
}
