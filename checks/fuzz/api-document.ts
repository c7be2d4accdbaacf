import { readFile } from 'node:fs/promises'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** As much of JSON Schema 2020-12 as our documents use. */
export interface Schema {
  readonly $ref?: string
  readonly type?: string
  readonly enum?: readonly Json[]
  readonly anyOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Schema
  readonly items?: Schema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly pattern?: string
  readonly format?: string
  readonly example?: Json
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required?: boolean
  readonly description?: string
  readonly schema: Schema
}

export interface Operation {
  /** `POST /api/v1/sites` */
  readonly name: string
  readonly method: Method
  readonly path: string
  readonly parameters: readonly Parameter[]
  readonly body: Schema | undefined
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, unknown>> }>>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ApiDocument {
  readonly operations: readonly Operation[]
  /** The whole of it, for `$ref`. */
  readonly content: DocumentContent
}

interface DocumentContent {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> }
}

interface DocumentedOperation {
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
  readonly responses: Operation['responses']
}

/** A document that was committed under openapi/. */
export async function readApiDocument(name: 'manager' | 'site'): Promise<ApiDocument> {
  const text = await readFile(new URL(`../../openapi/${name}.json`, import.meta.url), 'utf8')
  // Made by kit/http/openapi.ts and compared with the code by a test.
  return apiDocument(JSON.parse(text) as DocumentContent)
}

export function apiDocument(content: DocumentContent): ApiDocument {
  const operations = Object.entries(content.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Operation => {
      const upper = method.toUpperCase() as Method // kit/http/openapi.ts writes these five only
      return {
        name: `${upper} ${path}`,
        method: upper,
        path,
        parameters: operation.parameters ?? [],
        body: operation.requestBody?.content['application/json']?.schema,
        responses: operation.responses,
      }
    }),
  )
  return { operations, content }
}

/** Follows a `$ref` into the components. */
export function resolved({ content }: ApiDocument, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema
  const found = content.components.schemas[schema.$ref.split('/').at(-1) ?? '']
  if (found === undefined) throw new Error(`the document has no ${schema.$ref}`)
  return resolved({ operations: [], content }, found)
}
