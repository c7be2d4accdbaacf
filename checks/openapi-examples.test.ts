import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { repositoryRoot } from '../tools/repository.ts'

interface Media {
  schema?: object
  example?: unknown
}
interface Described {
  parameters?: { name: string; schema: object; example?: unknown }[]
  requestBody?: { content: Record<string, Media> }
  responses: Record<string, { content?: Record<string, Media> }>
}
interface Document {
  paths: Record<string, Record<string, Described>>
  components: { schemas: Record<string, object> }
}

describe.each(['manager', 'site'])('every operation of openapi/%s.json', async (name) => {
  // Our own document, compared with the routes by another test.
  const document = JSON.parse(await readFile(join(repositoryRoot, `openapi/${name}.json`), 'utf8')) as Document
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      examplesOf(operation).map((one) => ({ ...one, where: `${method} ${path} ${one.what}` })),
    ),
  )

  test('has an example of what it takes and of each answer that is no refusal', () => {
    expect(described.filter(({ example }) => example === undefined).map(({ where }) => where)).toEqual([])
    expect(described.length).toBeGreaterThan(100)
  })

  test('has examples that its schemas accept', () => {
    const refused = described.flatMap(({ where, schema, example }) => {
      const { error } = schemaOf(schema, document).safeParse(example)
      return error === undefined ? [] : [`${where}: ${z.prettifyError(error)}`]
    })
    expect(refused).toEqual([])
  })
})

function examplesOf({ parameters = [], requestBody, responses }: Described) {
  const contents = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .flatMap(([status, { content = {} }]) => Object.values(content).map((media) => ({ what: status, ...media })))
  const bodies = Object.values(requestBody?.content ?? {}).map((media) => ({ what: 'body', ...media }))
  return [
    ...parameters.map(({ name, schema, example }) => ({ what: name, schema, example })),
    ...[...bodies, ...contents].flatMap(({ what, schema, example }) =>
      schema === undefined ? [] : [{ what, schema, example }],
    ),
  ]
}

/** References lead to the components, which travel along where there are any. Zod reads patterns without the flag that `\p{..}` needs. */
function schemaOf(schema: object, { components }: Document): z.ZodType {
  const isReferring = JSON.stringify(schema).includes('#/components/schemas/')
  const whole = JSON.stringify(isReferring ? { ...schema, $defs: components.schemas } : schema)
  const withoutPatterns = JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/'), (key, value: unknown) =>
    key === 'pattern' && String(value).includes('{Cc}') ? undefined : value,
  ) as Parameters<typeof z.fromJSONSchema>[0] // made of a document of ours
  return z.fromJSONSchema(withoutPatterns)
}
