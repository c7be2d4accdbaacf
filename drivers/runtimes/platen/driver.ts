import { request } from 'node:http'
import type { ZodType } from 'zod'
import { z } from 'zod'
import { Secret } from '@platen/kit/secrets'
import { DriverError } from '../../errors/index.ts'
import type { CallOptions, Runtime, RuntimeConnection, RuntimeDescription } from '../contract.ts'
import { runtimeWire } from './wire.ts'

const shortCallMs = 15_000
/** Building a template or migrating runs every statement of every app. */
const longCallMs = 300_000
/** A digest reads every row of the site. */
const readingCallMs = 1_800_000

interface Call<Answer> {
  method: 'GET' | 'POST'
  path: string
  body?: object
  answer: ZodType<Answer>
  timeoutMs?: number
  signal: AbortSignal | undefined
}

/** Our own bench, over its private sockets: any process of the bench can answer, the first that does is taken. */
export class PlatenRuntime implements Runtime {
  readonly #socketPaths: readonly string[]

  constructor(socketPaths: readonly string[]) {
    this.#socketPaths = socketPaths
  }

  describe({ signal }: CallOptions = {}): Promise<RuntimeDescription> {
    return this.#call({ method: 'GET', path: '/runtime', answer: runtimeWire.description, signal })
  }

  async buildTemplate({ connection }: { connection: RuntimeConnection }, { signal }: CallOptions = {}): Promise<void> {
    const body = { connection: exposed(connection) }
    await this.#call({
      method: 'POST',
      path: '/runtime/templates',
      body,
      answer: z.unknown(),
      timeoutMs: longCallMs,
      signal,
    })
  }

  migrate(
    { connection }: { connection: RuntimeConnection },
    { signal }: CallOptions = {},
  ): Promise<{ applied: string[] }> {
    const body = { connection: exposed(connection) }
    const answer = runtimeWire.migrationAnswer
    return this.#call({ method: 'POST', path: '/runtime/migrations', body, answer, timeoutMs: longCallMs, signal })
  }

  async seedAdministrator(
    { connection, ...person }: { siteId: string; connection: RuntimeConnection; email: string; name: string },
    { signal }: CallOptions = {},
  ): Promise<void> {
    const body = { ...person, connection: exposed(connection) }
    await this.#call({ method: 'POST', path: '/runtime/administrators', body, answer: z.unknown(), signal })
  }

  async issueTicket(
    body: { siteId: string; email: string; actorLabel: string; expiresInSeconds: number },
    { signal }: CallOptions = {},
  ): Promise<{ token: Secret; expiresAt: string }> {
    const answer = await this.#call({
      method: 'POST',
      path: '/runtime/tickets',
      body,
      answer: runtimeWire.ticketAnswer,
      signal,
    })
    return { token: new Secret(answer.token), expiresAt: answer.expiresAt }
  }

  digest({ connection, snapshot }: { connection: RuntimeConnection; snapshot?: string }, { signal }: CallOptions = {}) {
    const body = { connection: exposed(connection), ...(snapshot === undefined ? {} : { snapshot }) }
    const answer = runtimeWire.digestAnswer
    return this.#call({ method: 'POST', path: '/runtime/digests', body, answer, timeoutMs: readingCallMs, signal })
  }

  smokeTest({ siteId, connection }: { siteId: string; connection: RuntimeConnection }, { signal }: CallOptions = {}) {
    const body = { siteId, connection: exposed(connection) }
    const answer = runtimeWire.smokeTestAnswer
    return this.#call({ method: 'POST', path: '/runtime/smoke-tests', body, answer, timeoutMs: longCallMs, signal })
  }

  async adopt(
    { connection, ...sites }: { connection: RuntimeConnection; fromSiteId: string; toSiteId: string },
    { signal }: CallOptions = {},
  ): Promise<void> {
    const body = { ...sites, connection: exposed(connection) }
    const path = '/runtime/adoptions'
    await this.#call({ method: 'POST', path, body, answer: z.unknown(), timeoutMs: longCallMs, signal })
  }

  /** Tries the next process only when this one could not be connected to: then nothing was sent. */
  async #call<Answer>(call: Call<Answer>): Promise<Answer> {
    let unreachable: DriverError | undefined
    for (const socketPath of this.#socketPaths) {
      try {
        return await send(socketPath, call)
      } catch (error) {
        if (!(error instanceof NotConnected)) throw error
        unreachable = error
      }
    }
    throw unreachable ?? new DriverError('unavailable', 'this bench has no processes')
  }
}

class NotConnected extends DriverError {}

const exposed = ({ database, user, password }: RuntimeConnection) => ({ database, user, password: password.expose() })

async function send<Answer>(socketPath: string, call: Call<Answer>): Promise<Answer> {
  const { status, body } = await exchange(socketPath, call)
  if (status >= 200 && status < 300) {
    const parsed = call.answer.safeParse(parseJson(body))
    if (parsed.success) return parsed.data
    throw new DriverError('protocol', `the bench answered ${call.path} in a form that is not in the contract`)
  }
  throw refusalOf(status, call.path, body)
}

function refusalOf(status: number, path: string, body: string): DriverError {
  const problem = problemSchema.safeParse(parseJson(body))
  const detail = problem.success ? problem.data.detail : body.slice(0, 300)
  // An address that this bench does not have is another release's contract, not an absent site.
  if (status === 404 && problem.data?.code !== 'not-found') return new DriverError('not-found', detail)
  if (status === 409 || status === 422) return new DriverError('refused', detail)
  const kind = status >= 400 && status < 500 ? 'protocol' : 'unavailable'
  return new DriverError(kind, `the bench answered ${status} to ${path}: ${detail}`)
}

const problemSchema = z.looseObject({ detail: z.string(), code: z.string() })

function parseJson(body: string): unknown {
  try {
    return body === '' ? null : JSON.parse(body)
  } catch {
    return undefined
  }
}

function exchange(socketPath: string, call: Call<unknown>): Promise<{ status: number; body: string }> {
  const text = call.body === undefined ? undefined : JSON.stringify(call.body)
  const timeout = AbortSignal.timeout(call.timeoutMs ?? shortCallMs)
  const signal = call.signal === undefined ? timeout : AbortSignal.any([call.signal, timeout])
  return new Promise((resolve, reject) => {
    let connected = false
    const outgoing = request(
      {
        socketPath,
        method: call.method,
        path: call.path,
        headers: { host: 'bench', ...(text === undefined ? {} : { 'content-type': 'application/json' }) },
        agent: false,
        signal,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (cause) => reject(lost(call.path, cause)))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') }),
        )
      },
    )
    outgoing.on('socket', (socket) => socket.once('connect', () => (connected = true)))
    outgoing.on('error', (cause) => {
      reject(
        connected ? lost(call.path, cause) : new NotConnected('unavailable', 'the bench cannot be reached', { cause }),
      )
    })
    outgoing.end(text)
  })
}

const lost = (path: string, cause: Error): DriverError =>
  new DriverError('unavailable', `the connection to the bench was lost during ${path}; the outcome is unknown`, {
    cause,
  })
