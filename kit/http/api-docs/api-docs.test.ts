import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleServer, type ExampleServer } from '../example-server.ts'
import { exampleOf } from './examples.ts'

let server: ExampleServer
beforeAll(async () => {
  server = await exampleServer()
})
afterAll(() => server.close())

describe('/docs', () => {
  test('lists every operation and leads to the page of each', async () => {
    const { body, headers } = await server.app.inject('/docs')
    expect(body).toContain('/docs/operations/putThingsById')
    expect(body).not.toContain('/live')
    const nonce = /<style nonce="([^"]+)">/.exec(body)?.[1]
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
    expect(body).not.toMatch(/<script|style=|javascript:|https?:\/\//)
  })

  test('tells of an operation who may, what it takes with an example, and how it refuses', async () => {
    const { body } = await server.app.inject('/docs/operations/putThingsById')
    for (const part of [
      'permission:things.write',
      '&quot;name&quot;: &quot;acme&quot;',
      'href="/problems/conflict"',
      'Answer 200',
    ])
      expect(body).toContain(part)
    expect((await server.app.inject('/docs/operations/nothing')).json()).toMatchObject({
      status: 404,
      code: 'not-found',
    })
  })

  test('has the document for programs', async () => {
    const { headers, body } = await server.app.inject('/docs/openapi.json')
    expect(headers['content-type']).toContain('application/json')
    expect(JSON.parse(body)).toMatchObject({ openapi: '3.1.0', info: { title: 'Example' } })
  })
})

describe('an example', () => {
  test.each([
    [{ type: 'string', example: 'given' }, 'given'],
    [{ type: 'string', enum: ['a', 'b'] }, 'a'],
    [{ type: ['string', 'null'], maxLength: 9 }, 'example'],
    [{ anyOf: [{ type: 'integer', minimum: 3, maximum: 9 }, { type: 'null' }] }, 3],
    [{ type: 'array', items: { $ref: '#/components/schemas/Thing' } }, [{ email: 'anne@example.com' }]],
    [{ type: 'null' }, null],
  ])('of %j is %j', (schema, example) => {
    const Thing = { type: 'object', properties: { email: { type: 'string', format: 'email' } } }
    expect(exampleOf(schema, { Thing })).toEqual(example)
  })

  test('that nothing usual fits is asked for, by name', () => {
    const schema = { type: 'object', properties: { plate: { type: 'string', pattern: '^[A-Z]{2}-\\d{3}$' } } }
    expect(() => exampleOf(schema, {})).toThrow('"plate": give it .meta({ example })')
  })
})
