/**
 * Problems are the only shape of an error. Whatever is thrown, here or below, is mapped once; answers of 500 and above never carry
 * the message of the error, and they are logged here, once, with the whole cause chain.
 */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { kitProblems, ProblemError } from '../problems/index.ts'
import { clientLeft } from './request-bodies.ts'
import { isUnavailable } from './unavailable.ts'

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

declare module 'fastify' {
  interface FastifyRequest {
    /** Code of the problem this request was answered with, for the request log. */
    problemCode: string | null
  }
}

export function answerWithProblems(app: FastifyInstance): void {
  app.decorateRequest('problemCode', null)
  app.setErrorHandler((error, request, reply) => sendProblem(error, request, reply))
}

/** Answers with the problem behind any error. Also used where Fastify fails before its hooks run. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = toProblem(error, request)
  request.problemCode = problem.code
  if (problem.code === 'client-left') request.log.debug({ err: error, problem: problem.code }, 'client left')
  else if (problem.status >= 500) request.log.error({ err: error, problem: problem.code }, 'request failed')
  if (problem.headers !== undefined) reply.headers(problem.headers)
  // A handler may have promised something else, or caching, before it failed.
  for (const name of ['content-length', 'etag', 'last-modified', 'content-disposition', 'content-encoding'])
    reply.removeHeader(name)
  const body = JSON.stringify({ ...problem.toJSON(), instance: request.id })
  return reply.code(problem.status).header('cache-control', 'no-store').type(PROBLEM_TYPE).serializer(String).send(body)
}

/** The problem a client sees for an error of any origin. */
export function toProblem(error: unknown, request?: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error
  // The error of the connection itself, which Node hands to whoever reads the body. The same code of another connection is a dependency.
  if (error instanceof Error && error === request?.raw.errored) return clientLeft(error)
  const { code, statusCode, headers } = fastifyError(error)
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return kitProblems.problem(
        'too-large',
        `The body may have at most ${request?.routeOptions.bodyLimit ?? 'fewer'} bytes.`,
      )
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_CONTENT_TYPE':
      return kitProblems.problem(
        'unsupported-media-type',
        'This route does not accept the content type of the request.',
      )
    case 'FST_ERR_HANDLER_TIMEOUT':
      return kitProblems.problem('dependency-unavailable', 'The request took too long.', { cause: error })
    default:
  }
  if (isUnavailable(error))
    return kitProblems.problem('dependency-unavailable', 'A part of the platform does not answer.', { cause: error })
  if (statusCode === 429)
    return kitProblems.problem('rate-limited', 'Too many requests.', headers === undefined ? {} : { headers })
  if (statusCode === 404) return kitProblems.problem('not-found', 'There is nothing at this address.')
  // Other 4xx of the framework: malformed URL, wrong content length, parameter too long.
  if (code?.startsWith('FST_') === true && statusCode !== undefined && statusCode < 500) {
    return kitProblems.problem('malformed-request', 'The request is not well-formed.', { cause: error })
  }
  return kitProblems.problem('internal', 'Something went wrong on our side. It was recorded with this request id.', {
    cause: error,
  })
}

/** For what the HTTP parser refuses: there is no request yet, so the answer is written to the socket by hand, which is then closed. */
export function answerClientError(
  error: Error & { code?: string },
  socket: Socket,
  headers: Readonly<Record<string, string>>,
): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const problem = clientProblem(error.code)
  const body = JSON.stringify(problem)
  const fields = {
    ...headers,
    'content-type': PROBLEM_TYPE,
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\n${lines.join('')}\r\n${body}`)
  // The other side may never read or close; do not keep its socket.
  socket.setTimeout(1_000, () => socket.destroy())
}

function clientProblem(code: string | undefined): ProblemError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return kitProblems.problem('headers-too-large', 'The headers of the request are too large.')
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return kitProblems.problem('too-large', 'The chunk extensions are too large.')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return kitProblems.problem('request-timeout', 'The request did not arrive in time.')
  return kitProblems.problem('malformed-request', 'The request is not well-formed HTTP/1.1.')
}

function fastifyError(error: unknown): { code?: string; statusCode?: number; headers?: Record<string, string> } {
  if (typeof error !== 'object' || error === null) return {}
  return {
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('statusCode' in error && typeof error.statusCode === 'number' ? { statusCode: error.statusCode } : {}),
  }
}
