import { expect, test } from 'vitest'
import { requestOf } from '../openapi/client.ts'
import { apiTypes } from './api-types.ts'

const operation = {
  summary: 'Change a thing',
  parameters: [
    { in: 'path', name: 'id', required: true, schema: { type: 'string' } },
    { in: 'query', name: 'filter[x]', schema: { enum: ['a', 'b'] } },
  ],
  requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } },
  responses: {
    200: { content: { 'application/json': { schema: { type: 'array', items: { type: 'integer' } } } } },
    204: {},
  },
} as const

test('an operation has what it takes and what it answers; refusals are problems everywhere', () => {
  const Thing = { type: 'object', properties: { name: { type: ['string', 'null'] } }, required: ['name'] } as const
  const text = apiTypes(
    { paths: { '/api/v1/things/{id}': { put: operation } }, components: { schemas: { Thing } } },
    'x.json',
  )
  expect(text).toContain('export type Thing = {\n  name: string | null\n}')
  expect(text).toContain(`  /** Change a thing */
  'PUT /things/{id}': {
    path: {
      id: string
    }
    query?: {
      'filter[x]'?: 'a' | 'b'
    }
    body: Thing
    answer: Array<number> | null
  }`)
})

test('a schema that it does not know stops it', () => {
  const schemas = { Odd: { type: 'date' } }
  expect(() => apiTypes({ paths: {}, components: { schemas } }, 'x.json')).toThrow('the type "date"')
})

test('a request has its parameters in the address, escaped, and leaves out what is empty', () => {
  expect(
    requestOf('GET /things/{id}/parts', { path: { id: '../a' }, query: { search: '', 'filter[x]': 'é&' } }),
  ).toEqual({
    method: 'GET',
    path: '/things/..%2Fa/parts?filter%5Bx%5D=%C3%A9%26',
  })
  expect(requestOf('POST /things', { body: { name: 'x' } })).toEqual({
    method: 'POST',
    path: '/things',
    body: { name: 'x' },
  })
})
