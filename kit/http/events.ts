import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import { kitProblems } from '../problems/index.ts'
import { toProblem } from './problem-answers.ts'

export interface ServerEvent {
  /** Name; letters, digits and dashes. Absent means `message`. */
  readonly event?: string
  /** Comes back as Last-Event-ID when the client reconnects. */
  readonly id?: string
  /** Sent as JSON on one line. */
  readonly data: unknown
}

/** Events, or a function that makes them and stops when the signal aborts (needed by sources that wait for something). */
export type ServerEvents = AsyncIterable<ServerEvent> | ((signal: AbortSignal) => AsyncIterable<ServerEvent>)

export interface EventOptions {
  /** A comment is sent this often, so that proxies keep the stream and a vanished client is noticed. */
  readonly heartbeatMs?: number
}

/**
 * Answers with server-sent events until the source ends, the client leaves, the process shuts down, or the caller may no longer
 * see them: with every heartbeat the route's policy is checked again, so that revoked access ends a stream within seconds.
 * A failing source ends the stream with `event: problem`. Use as `return sendEvents(reply, (signal) => follow(id, signal))`.
 */
export function sendEvents(
  reply: FastifyReply,
  source: ServerEvents,
  { heartbeatMs = 5_000 }: EventOptions = {},
): FastifyReply {
  const { lifecycle } = reply.server.platform
  const left = new AbortController()
  reply.raw.once('close', () => left.abort(new Error('The client left')))
  const signal = AbortSignal.any([left.signal, lifecycle.signal])
  const stream = Readable.from(frames(reply, source, signal, heartbeatMs), { objectMode: false, highWaterMark: 1 })
  return reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('x-accel-buffering', 'no')
    .send(stream)
}

async function* frames(
  reply: FastifyReply,
  source: ServerEvents,
  outer: AbortSignal,
  heartbeatMs: number,
): AsyncGenerator<string> {
  const ended = new AbortController()
  const signal = AbortSignal.any([outer, ended.signal])
  const events = (typeof source === 'function' ? source(signal) : source)[Symbol.asyncIterator]()
  try {
    // The first bytes make headers leave at once, so the client knows that it is connected.
    yield ': connected\n\n'
    let next = settled(events.next())
    while (!signal.aborted) {
      const outcome = await first(next, signal, heartbeatMs)
      if (outcome === 'aborted') return
      if (outcome === 'heartbeat') {
        await assertStillAllowed(reply)
        yield ': heartbeat\n\n'
        continue
      }
      if ('error' in outcome) throw outcome.error
      if (outcome.result.done === true) return
      yield frame(outcome.result.value)
      next = settled(events.next())
    }
  } catch (error) {
    if (!signal.aborted) yield lastWords(reply, error)
  } finally {
    ended.abort()
    // A source that waits for something without watching the signal must not hold up the connection's end.
    void Promise.resolve(events.return?.()).catch((error: unknown) =>
      reply.log.warn({ err: error }, 'event source failed while closing'),
    )
  }
}

type Settled = { result: IteratorResult<ServerEvent> } | { error: unknown }

/** Never rejects, because it may be left behind unawaited. */
function settled(next: Promise<IteratorResult<ServerEvent>>): Promise<Settled> {
  return next.then(
    (result) => ({ result }),
    (error: unknown) => ({ error }),
  )
}

async function first(
  next: Promise<Settled>,
  signal: AbortSignal,
  heartbeatMs: number,
): Promise<Settled | 'aborted' | 'heartbeat'> {
  const { promise, resolve } = Promise.withResolvers<'aborted' | 'heartbeat'>()
  const timer = setTimeout(() => resolve('heartbeat'), heartbeatMs)
  const onAbort = (): void => resolve('aborted')
  signal.addEventListener('abort', onAbort, { once: true })
  if (signal.aborted) onAbort()
  try {
    return await Promise.race([next, promise])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

async function assertStillAllowed(reply: FastifyReply): Promise<void> {
  const { policy } = reply.request.routeOptions.config
  if (policy === undefined) throw kitProblems.problem('internal', 'The route has no policy.')
  await reply.server.platform.authorize(reply.request, policy)
}

function frame({ event, id, data }: ServerEvent): string {
  // JSON escapes line breaks, so data is one line; event and id come from us but must not be able to add a field either.
  const field = (name: string, value: string | undefined): string =>
    value === undefined ? '' : `${name}: ${value.replaceAll(/[^\w.:-]/g, '')}\n`
  return `${field('event', event)}${field('id', id)}data: ${JSON.stringify(data)}\n\n`
}

function lastWords(reply: FastifyReply, error: unknown): string {
  const problem = toProblem(error)
  reply.request.problemCode = problem.code
  if (problem.status >= 500) reply.log.error({ err: error, problem: problem.code }, 'event stream failed')
  return frame({ event: 'problem', data: { ...problem.toJSON(), instance: reply.request.id } })
}
