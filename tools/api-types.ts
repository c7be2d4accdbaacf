/**
 * TypeScript of an API document: a type for every component, and `Operations`, which says of each operation what it takes and what it answers.
 * The usual generator wants a TypeScript of its own beside ours and writes every problem of every operation: 22,000 lines that each check would read.
 * Ours knows as much JSON Schema as Zod writes, and stops at what it does not know.
 */
interface Schema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly description?: string
}

type Content = Readonly<Record<string, { readonly schema?: Schema }>>

interface Operation {
  readonly summary?: string
  readonly parameters?: readonly {
    readonly in: string
    readonly name: string
    readonly required?: boolean
    readonly schema: Schema
  }[]
  readonly requestBody?: { readonly content: Content }
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>
}

export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

/** @param source file name of the document, for the first line. */
export function apiTypes({ paths, components }: ApiDocument, source: string): string {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeOf(schema, '')}\n`,
  )
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path.replace(/^\/api\/v1(?=\/)/, '')}`
      return `${comment(operation.summary, '  ')}  '${name}': ${operationType(operation)}\n`
    }),
  )
  return `// Made from ${source} by tools/generate-reference.ts. Change the routes, never this file.

${types.join('\n')}
/** Every operation by method and path below /api/v1. */
export interface Operations {
${operations.join('')}}
`
}

function operationType({ parameters = [], requestBody, responses }: Operation): string {
  const members = ['path', 'query'].flatMap((place) => {
    const found = parameters.filter((parameter) => parameter.in === place)
    if (found.length === 0) return []
    const required = found.filter((parameter) => parameter.required === true).map(({ name }) => name)
    const properties = Object.fromEntries(found.map(({ name, schema }) => [name, schema]))
    return [`${place}${required.length === 0 ? '?' : ''}: ${typeOf({ type: 'object', properties, required }, '    ')}`]
  })
  const body = requestBody && contentType(requestBody.content)
  const answers = Object.entries(responses)
    .filter(([status]) => status.startsWith('2'))
    .map(([, { content }]) => contentType(content ?? {}))
  members.push(...(body === undefined ? [] : [`body: ${body}`]), `answer: ${[...new Set(answers)].join(' | ')}`)
  return `{\n${members.map((member) => `    ${member}\n`).join('')}  }`
}

/** Without content there is nothing to read: 204, or a stream. */
function contentType(content: Content): string {
  const [schema] = Object.values(content).map((one) => one.schema)
  return schema === undefined ? 'null' : typeOf(schema, '    ')
}

function typeOf(schema: Schema, indent: string): string {
  if (schema.$ref !== undefined) return schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)
  if (schema.const !== undefined) return literal(schema.const)
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
  const union = schema.anyOf ?? schema.oneOf
  if (union !== undefined) return [...new Set(union.map((one) => typeOf(one, indent)))].join(' | ')
  if (schema.allOf !== undefined) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ')
  const types = [schema.type ?? []].flat()
  return types.length === 0 ? 'unknown' : types.map((type) => plainType(type, schema, indent)).join(' | ')
}

function plainType(type: string, schema: Schema, indent: string): string {
  switch (type) {
    case 'string':
    case 'boolean':
    case 'null':
    case 'number':
      return type
    case 'integer':
      return 'number'
    case 'array':
      return `Array<${typeOf(schema.items ?? {}, indent)}>`
    case 'object':
      return objectType(schema, indent)
    default:
      throw new Error(`An API document has the type "${type}", for which tools/api-types.ts knows no TypeScript`)
  }
}

function objectType({ properties, required = [], additionalProperties }: Schema, indent: string): string {
  if (properties === undefined || Object.keys(properties).length === 0) {
    if (additionalProperties === false) return 'Record<string, never>'
    const values = typeof additionalProperties === 'object' ? typeOf(additionalProperties, indent) : 'unknown'
    return `Record<string, ${values}>`
  }
  const inner = `${indent}  `
  const members = Object.entries(properties).map(([name, schema]) => {
    const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name}'`
    return `${comment(schema.description, inner)}${inner}${key}${required.includes(name) ? '' : '?'}: ${typeOf(schema, inner)}\n`
  })
  return `{\n${members.join('')}${indent}}`
}

const literal = (value: unknown): string =>
  typeof value === 'string' ? `'${value.replaceAll(/['\\]/g, '\\$&')}'` : String(value)

function comment(text: string | undefined, indent: string): string {
  return text === undefined ? '' : `${indent}/** ${text.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`
}
