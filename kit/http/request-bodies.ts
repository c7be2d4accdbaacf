import { Transform } from 'node:stream'
import type { Readable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import { kitProblems } from '../problems/index.ts'
import { parseStrictJson } from './strict-json.ts'

/** Only JSON is read, and only when it says so: a form or text/plain is 415, which also stops cross-site forms. */
export function acceptOnlyJson(app: FastifyInstance, jsonDepth: number): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      // parseAs 'buffer' gives a Buffer; the type allows both.
      done(null, parseStrictJson(body as Buffer, jsonDepth))
    } catch (error) {
      // parseStrictJson throws nothing but ProblemError.
      done(error as Error)
    }
  })
}

/**
 * Lets the routes of this scope take a raw body of the given types as a stream (`request.body` is a Readable): call it inside
 * `app.register(...)` so that the rest keeps to JSON. The route's `bodyLimit` holds for chunked bodies too: the stream then
 * fails with the problem too-large.
 */
export function acceptStreams(app: FastifyInstance, contentTypes: readonly string[]): void {
  app.addContentTypeParser([...contentTypes], (request, payload, done) => {
    const limitBytes = request.routeOptions.bodyLimit
    const declaredBytes = Number(request.headers['content-length'] ?? 0)
    if (declaredBytes > limitBytes) done(tooLarge(limitBytes))
    else done(null, limited(payload, limitBytes))
  })
}

/** The problem of a client that is gone before its request has arrived. */
export function clientLeft(cause?: unknown) {
  return kitProblems.problem('client-left', 'The client went away before the whole body arrived.', { cause })
}

/** The problem for a body over its limit. */
export function tooLarge(limitBytes: number) {
  return kitProblems.problem('too-large', `The body may have at most ${limitBytes} bytes.`, {
    extensions: { limitBytes },
  })
}

function limited(payload: Readable, limitBytes: number): Readable {
  let sizeBytes = 0
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sizeBytes += chunk.length
      if (sizeBytes > limitBytes) done(tooLarge(limitBytes))
      else done(null, chunk)
    },
  })
  // A client that goes away in the middle must fail the reader instead of leaving it waiting.
  payload.once('error', (error) => counter.destroy(clientLeft(error)))
  payload.once('close', () => {
    if (!payload.readableEnded) counter.destroy(clientLeft())
  })
  return payload.pipe(counter)
}
