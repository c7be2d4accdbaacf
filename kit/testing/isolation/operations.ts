// What a committed OpenAPI document says about its operations, as far as it matters for who may see and change what.
import { readFile } from 'node:fs/promises'

export interface ApiOperation {
  /** `GET /api/v1/sites/{id}` */
  readonly name: string
  readonly method: string
  readonly path: string
  /** Who may call: `public`, `authenticated`, `operator` or `permission:<name>`, as the route's policy. */
  readonly policy: string
  /** The path up to its first parameter, which says what the id there is of: `/api/v1/sites/{id}`. */
  readonly resource: string | undefined
  readonly takesBody: boolean
  /** Members of the body that are ids: `customerId`, `lines.productId`. */
  readonly idsInBody: readonly string[]
  /** Parameters of the query that are ids: `filter[customerId]`. */
  readonly idsInQuery: readonly string[]
  /** True where the answer is a page and the query takes a cursor. */
  readonly isList: boolean
  /** The conditional header that it takes. */
  readonly condition: 'if-match' | 'if-none-match' | undefined
  readonly isIdempotent: boolean
}

interface Schema {
  readonly $ref?: string
  readonly format?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

interface Documented {
  readonly 'x-policy': string
  readonly 'x-idempotent'?: boolean
  readonly parameters?: readonly { readonly in: string; readonly name: string; readonly schema: Schema }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>
  readonly components: { readonly schemas?: Readonly<Record<string, Schema>> }
}

export async function readOperations(file: URL): Promise<ApiOperation[]> {
  // Committed, and compared with the routes by a test of its own.
  const document = JSON.parse(await readFile(file, 'utf8')) as Document
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, documented]) => operationOf(document, path, method.toUpperCase(), documented)),
  )
}

function operationOf(document: Document, path: string, method: string, documented: Documented): ApiOperation {
  const { parameters = [], requestBody } = documented
  const json = requestBody?.content['application/json']?.schema
  const named = (name: string) => parameters.some((parameter) => parameter.name === name)
  return {
    name: `${method} ${path}`,
    method,
    path,
    policy: documented['x-policy'],
    resource: /^[^{]*\{[^}]+\}/.exec(path)?.[0],
    takesBody: requestBody !== undefined,
    idsInBody: json === undefined ? [] : idsIn(document, json),
    idsInQuery: parameters
      .filter((parameter) => parameter.in === 'query' && idsIn(document, parameter.schema, 'x').length > 0)
      .map(({ name }) => name),
    isList: named('cursor'),
    condition: (['if-match', 'if-none-match'] as const).find(named),
    isIdempotent: documented['x-idempotent'] === true,
  }
}

/** Where a schema takes a uuid. Schemas that refer to themselves are not among those of bodies. */
function idsIn(document: Document, schema: Schema, at = ''): string[] {
  const target = schema.$ref === undefined ? schema : document.components.schemas?.[schema.$ref.split('/').at(-1) ?? '']
  if (target === undefined) return []
  if (target.format === 'uuid') return [at]
  const choices = [...(target.anyOf ?? []), ...(target.oneOf ?? [])].flatMap((choice) => idsIn(document, choice, at))
  const items = target.items === undefined ? [] : idsIn(document, target.items, at)
  const members = Object.entries(target.properties ?? {}).flatMap(([name, member]) =>
    idsIn(document, member, at === '' ? name : `${at}.${name}`),
  )
  return [...new Set([...choices, ...items, ...members])]
}

/** What the answer to a caller is to be. */
export type Verdict = 'answered' | 'unauthenticated' | 'forbidden' | 'hidden'

/**
 * The rule of the whole table. `permissions` are those of the caller's role; `owns` says whether what the path names belongs to the caller's
 * tenant, undefined where it names nothing that belongs to one.
 */
export function verdictOn(
  { policy }: ApiOperation,
  caller: { signedIn: boolean; operator: boolean; permissions: readonly string[]; owns: boolean | undefined },
): Verdict {
  if (policy === 'public') return 'answered'
  if (!caller.signedIn) return 'unauthenticated'
  const [kind, permission = ''] = policy.split(':')
  if (kind === 'operator' && !caller.operator) return 'forbidden'
  const holds = caller.permissions.includes('*') || caller.permissions.includes(permission)
  if (kind === 'permission' && !holds) return 'forbidden'
  return caller.owns === false && !caller.operator ? 'hidden' : 'answered'
}
