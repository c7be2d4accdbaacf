import { Connection } from './connection.ts'
import type { ConnectionState } from './connection.ts'
import { readEvents } from './event-stream.ts'
import { ConnectionError, ProblemError, problemOf } from './problem.ts'
import { Session } from './session.ts'
import type { TokenAnswer } from './session.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface SendOptions {
  /** Repeating the same request with the same key has its effect once. */
  idempotencyKey?: string | undefined
  /** The version the change was made from: refused when it is another by now. */
  version?: number | undefined
  signal?: AbortSignal | undefined
}

/**
 * The one way to the server: adds the access token, renews it once on 401, turns refusals into ProblemError and silence into
 * ConnectionError, and reports both to `connection`. Answers are typed by the caller: the API documents are the contract.
 */
export class Api {
  readonly connection: Connection
  readonly session: Session
  readonly #base: string

  /** @param origin where the API is; empty for the page's own host. */
  constructor(origin = '') {
    this.#base = `${origin}/api/v1`
    this.connection = new Connection(() => this.#probe(`${origin}/live`))
    this.session = new Session(() => this.#renew(), typeof window === 'undefined' ? null : 'platen-session')
  }

  get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.send<T>('GET', path, undefined, { signal })
  }

  async send<T>(method: Method, path: string, body?: unknown, options: SendOptions = {}): Promise<T> {
    const headers: Record<string, string> = { accept: 'application/json' }
    if (body !== undefined) headers['content-type'] = 'application/json'
    if (options.idempotencyKey !== undefined) headers['idempotency-key'] = options.idempotencyKey
    if (options.version !== undefined) headers['if-match'] = `"v${options.version}"`
    const response = await this.#authorised(path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
    return readBody<T>(response)
  }

  /** Sends a file as the raw body. */
  async upload<T>(path: string, file: Blob): Promise<T> {
    return readBody<T>(
      await this.#authorised(path, { method: 'PUT', headers: { 'content-type': file.type }, body: file }),
    )
  }

  /** Fetches a file, which a link could not: it would not bring the access token. */
  async download(path: string): Promise<Blob> {
    return (await this.#authorised(path, {})).blob()
  }

  /** Follows `event` on a server-sent event stream until the server ends it. */
  async *events<T>(path: string, event: string, signal: AbortSignal): AsyncGenerator<T> {
    const response = await this.#authorised(path, { headers: { accept: 'text/event-stream' }, signal })
    if (!response.body) return
    for await (const message of readEvents(response.body)) {
      // The shape is the API's promise, as for every other answer.
      if (message.event === event) yield JSON.parse(message.data) as T
    }
  }

  /** Signs in at `path` (login, setup, tickets): a refusal here is the answer, never a reason to renew. */
  async signIn<T extends TokenAnswer>(path: string, body: unknown): Promise<T> {
    const response = await this.#fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw await problemOf(response)
    const answer = await readBody<T>(response)
    this.session.adopt(answer)
    return answer
  }

  async signOut(): Promise<void> {
    await this.send('POST', '/auth/logout').catch((error: unknown) => {
      // Already signed out is what was asked for; silence is not, the cookie would still be good.
      if (!(error instanceof ProblemError)) throw error
    })
    this.session.end()
  }

  async #authorised(path: string, init: RequestInit): Promise<Response> {
    const tokenUsed = this.session.token
    let response = await this.#fetch(path, withToken(init, tokenUsed))
    if (response.status === 401 && tokenUsed !== null) {
      const isRenewed = this.session.token !== tokenUsed || (await this.session.refresh())
      if (isRenewed) response = await this.#fetch(path, withToken(init, this.session.token))
    }
    if (!response.ok) throw await problemOf(response)
    return response
  }

  async #renew(): Promise<TokenAnswer | null> {
    const response = await this.#fetch('/auth/refresh', { method: 'POST', headers: { accept: 'application/json' } })
    if (response.ok) return readBody<TokenAnswer>(response)
    if (response.status < 500 && response.status !== 429) return null
    throw await problemOf(response)
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    let response: Response
    try {
      response = await fetch(this.#base + path, init)
    } catch (error) {
      if (init.signal?.aborted) throw error
      this.connection.report('offline')
      throw new ConnectionError('offline', error)
    }
    const state = stateOf(response)
    this.connection.report(state)
    if (state !== 'ok') throw new ConnectionError(state)
    return response
  }

  async #probe(url: string): Promise<ConnectionState> {
    try {
      return stateOf(await fetch(url, { cache: 'no-store' }))
    } catch {
      return 'offline'
    }
  }
}

/**
 * Whether this is an answer. 502 and 504 are the edge saying that nobody was there; a 503 is an answer when it is a problem of
 * the application itself (a site not answering yet, no bench ready), and an outage when the edge wrote it.
 */
function stateOf(response: Response): ConnectionState {
  const siteState = response.headers.get('platen-site-state')
  if (siteState === 'suspended') return 'suspended'
  if (response.status === 502 || response.status === 504 || siteState === 'starting') return 'unavailable'
  const isProblem = response.headers.get('content-type')?.startsWith('application/problem+json') === true
  return response.status === 503 && !isProblem ? 'unavailable' : 'ok'
}

function withToken(init: RequestInit, token: string | null): RequestInit {
  if (token === null) return init
  const headers = new Headers(init.headers)
  headers.set('authorization', `Bearer ${token}`)
  return { ...init, headers }
}

async function readBody<T>(response: Response): Promise<T> {
  const text = await response.text()
  // The shape is the API's promise, checked against the committed API documents, not at run time.
  return (text === '' ? undefined : JSON.parse(text)) as T
}
