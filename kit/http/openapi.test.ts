import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../testing/index.ts'
import { addExampleRoutes, exampleApp } from './example-server.ts'
import { openApiDocument, writeOrCompareOpenApi } from './index.ts'

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  )

const keys = (value: unknown): string[] => (typeof value === 'object' && value !== null ? Object.keys(value) : [])

describe('the API document', () => {
  test('is OpenAPI 3.1 with policy, security, input and problems of each route', async () => {
    const { app } = await exampleApp()
    const document = await openApiDocument(app)
    expect(document).toMatchObject({ openapi: '3.1.0', info: { title: 'Example', version: '1.2.3' } })
    const put = at(document, 'paths', '/api/v1/things/{id}', 'put')
    expect(put).toMatchObject({
      operationId: 'putThingsById',
      'x-policy': 'permission:things.write',
      security: [{ accessToken: [] }],
    })
    expect(at(put, 'requestBody', 'content', 'application/json', 'schema')).toMatchObject({
      additionalProperties: false,
      required: ['name'],
    })
    expect(keys(at(put, 'responses'))).toEqual(['200', '401', '403', '409', '413', '415', '422', 'default'])
    expect(at(put, 'responses', '409', 'content', 'application/problem+json', 'schema', 'properties', 'code')).toEqual({
      enum: ['conflict'],
    })
    expect(at(document, 'paths', '/api/v1/broken', 'get', 'x-policy')).toBe('public')
    expect(at(document, 'paths', '/api/v1/broken', 'get', 'security')).toBeUndefined()
    expect(keys(at(document, 'components', 'schemas'))).toEqual(['Problem'])
  })

  test('leaves out probes and the web app', async () => {
    const { app } = await exampleApp()
    expect(keys(at(await openApiDocument(app), 'paths'))).not.toContain('/live')
  })

  test('does not depend on the order of registration', async () => {
    const config = { policy: { kind: 'operator' } } as const
    const text = async (urls: readonly string[]): Promise<string> => {
      const { app } = await exampleApp({}, (server) => {
        for (const url of urls) server.get(url, { config }, async () => '')
      })
      return JSON.stringify(await openApiDocument(app))
    }
    expect(await text(['/b', '/a', '/c'])).toBe(await text(['/c', '/b', '/a']))
  })

  test('is compared with the committed file, line by line, and written on demand', async () => {
    const directory = await temporaryDirectory()
    const file = join(directory.path, 'api.json')
    const { app } = await exampleApp({}, addExampleRoutes)
    await expect(writeOrCompareOpenApi(app, file, { update: false })).rejects.toThrow('PLATEN_UPDATE_REFERENCE=true')
    expect(await writeOrCompareOpenApi(app, file, { update: true })).toBe('written')
    expect(await writeOrCompareOpenApi(app, file, { update: false })).toBe('same')
    await writeFile(file, (await readFile(file, 'utf8')).replace('permission:things.write', 'public'))
    await expect(writeOrCompareOpenApi(app, file, { update: false })).rejects.toThrow(
      /line \d+ is .*public.* and would be .*permission:things\.write/,
    )
    await directory.remove()
  })
})
