import type { FastifyInstance } from 'fastify'

/** One line per request, when it is over. The path without its query: queries carry names and tickets. */
export function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', async (request, reply) => {
    const facts = {
      method: request.method,
      route: request.routeOptions.url ?? null,
      path: (request.url.split('?', 1)[0] ?? '').slice(0, 500),
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime * 10) / 10,
      ...(request.problemCode === null ? {} : { problem: request.problemCode }),
    }
    const { isProbe, isPolled } = request.routeOptions.config
    if (isProbe === true || (isPolled === true && reply.statusCode < 400)) request.log.debug(facts, 'request')
    else request.log.info(facts, 'request')
  })
}
