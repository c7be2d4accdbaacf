import { randomBytes } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { kitProblems } from '../../problems/index.ts'
import type { HttpServer } from '../http-server.ts'
import { contentSecurityPolicy } from '../security-headers.ts'
import type { JsonObject } from './examples.ts'
import { htmlPage } from './html.ts'
import { listPage, operationPage, operationsOf } from './pages.ts'

const config = { policy: { kind: 'public', reason: 'The API document; the same for everybody.' } } as const

/**
 * `/docs`: the API document for people, on the host that it is about. Made here and without scripts: the usual viewers want styles inline,
 * which our policy refuses, or megabytes of their own.
 * @param read makes the document; called once, when somebody asks.
 */
export function serveDocs(app: HttpServer, read: () => Promise<object>): void {
  let made: Promise<JsonObject> | undefined
  const document = (): Promise<JsonObject> => {
    // What it gives is JSON, by way of JSON.
    made ??= read() as Promise<JsonObject>
    return made
  }
  const send = (reply: FastifyReply, title: string, body: string): FastifyReply => {
    const nonce = randomBytes(16).toString('base64')
    return reply
      .header('content-security-policy', contentSecurityPolicy(app.platform.contentSecurityPolicy, nonce))
      .type('text/html; charset=utf-8')
      .send(htmlPage(title, body, nonce))
  }

  app.get('/docs', { config, schema: { hide: true } }, async (_request, reply) =>
    send(reply, 'API', listPage(await document())),
  )
  app.get('/docs/openapi.json', { config, schema: { hide: true } }, () => document())
  const schema = { hide: true, params: z.strictObject({ id: z.string() }) }
  app.get('/docs/operations/:id', { config, schema }, async (request, reply) => {
    const found = operationsOf(await document()).find(({ id }) => id === request.params.id)
    if (found === undefined) throw kitProblems.problem('not-found', 'The API has no such operation.')
    return send(reply, `${found.method} ${found.path}`, operationPage(found, await document()))
  })
}
