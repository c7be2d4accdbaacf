import { createHttpServer, openApiDocument, type HttpServer } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { z } from 'zod'
import { expect, test } from 'vitest'
import { apiDocument } from './api-document.ts'
import { fuzzBoth } from './index.ts'
import { runFuzz, type FuzzTarget } from './run-fuzz.ts'

test('1,500 requests made of the API documents meet no failure of ours and no answer that is not declared', async () => {
  for (const { failures, ...figures } of await fuzzBoth({ cases: 1500, seed: 4 })) {
    expect(failures).toEqual([])
    expect(figures.cases).toBeGreaterThanOrEqual(700)
    // Requests that get nowhere prove nothing.
    expect(figures.statuses['200'] ?? 0).toBeGreaterThan(50)
  }
}, 600_000)

test('a route that fails, and one that answers something else than it says, are found and told with the smallest request', async () => {
  const report = await runFuzz(await plantedTarget(), { cases: 600, seed: 4 })
  const found = report.failures.toSorted()
  expect(found).toHaveLength(2)
  expect(found[0]).toMatch(/^GET \/api\/v1\/shapes: answers 200 outside its schema/)
  expect(found[1]).toMatch(/^POST \/api\/v1\/things: answers 500/)
  // One character too many, and nothing else, is what it takes.
  expect(found[1]).toContain('{"name":"!"}')
})

/** A server with a bug of each kind, and a route without one. */
async function plantedTarget(): Promise<FuzzTarget> {
  const app = await createHttpServer({
    name: 'planted',
    version: '1',
    logger: createLogger({ name: 'planted', level: 'silent' }),
    authorize: async () => undefined,
    openapi: { title: 'Planted', description: 'For tests.' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  plantRoutes(app)
  const document = apiDocument((await openApiDocument(app)) as Parameters<typeof apiDocument>[0]) // an OpenAPI document
  return {
    name: 'planted',
    document,
    callers: [{ name: 'anonymous', weight: 1 }],
    atMost: new Map(),
    streams: new Set(),
    async send({ method, url, headers, body }) {
      const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) })
      return { status: answer.statusCode, contentType: String(answer.headers['content-type']), text: answer.body }
    },
    renew: async () => undefined,
    close: () => app.close(),
  }
}

function plantRoutes(app: HttpServer): void {
  const config = { policy: { kind: 'public', reason: 'test' } } as const
  const named = z.strictObject({ name: z.string().max(20) })
  app.post('/api/v1/things', { config, schema: { body: named, response: { 200: named } } }, async ({ body }) => {
    if (body.name.includes('!')) throw new Error('planted')
    return body
  })
  app.get(
    '/api/v1/shapes',
    { config, schema: { response: { 200: z.strictObject({ sides: z.int() }) } } },
    async (_request, reply) =>
      reply
        .type('application/json')
        .serializer(JSON.stringify)
        .send({ sides: 'four' } as never),
  )
  app.get('/api/v1/well', { config, schema: { response: { 200: named } } }, async () => ({ name: 'well' }))
}
