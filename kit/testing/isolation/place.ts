// What an API brings along to be tried: tenants with things, people, and how to ask.
import type { Marks } from './marks.ts'
import type { ApiOperation } from './operations.ts'

/** Somebody who is signed in. */
export interface Caller {
  readonly tenantId: string
  readonly accountId: string
  readonly token: string
  readonly operator: boolean
  /** Those of the role. */
  readonly permissions: readonly string[]
}

/** A tenant with one thing of each kind: resource -> id. */
export interface Tenant {
  readonly id: string
  readonly things: Readonly<Record<string, string>>
}

export interface PopulatedTenant extends Tenant {
  /** May do everything there. */
  readonly owner: Caller
}

export interface Request {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Readonly<Record<string, unknown>>
}

/** What an id in a path is of. */
export interface Resource {
  /**
   * Whose things these are: a tenant's, which operators see too; the caller's own or those of their tenant, where operators see as little of
   * others as anybody; the platform's, which are no tenant's.
   */
  readonly of: 'tenant' | 'caller' | 'platform'
  /** A new one, of the caller's tenant or the caller; its id. */
  make(caller: Caller): Promise<string>
}

/** What the document does not say about an operation. Most need nothing. */
export interface OperationFixture {
  /** A body that is right in itself. */
  body?(own: Tenant): unknown
  readonly headers?: Readonly<Record<string, string>>
  /** With the question mark. */
  readonly query?: string
  /** The resource that is to be made for those who may, where not any will do. */
  readonly resource?: string
  /** What those who may get in place of 2xx, and why that says as much. */
  readonly answers?: readonly [status: number, why: string]
  /** What the handler asks for beside the policy, and what who lacks it gets. */
  readonly needs?: readonly [permission: string, status: number]
  /** True for what takes one request at a time. */
  readonly alone?: boolean
  /** Why a right answer names nothing of the tenant. */
  readonly blank?: string
  /** Ways to name another tenant's thing elsewhere than in the path, by the member of the body. */
  readonly attempts?: Readonly<Record<string, (theirs: Tenant, own: Tenant) => unknown>>
}

export interface Place {
  readonly operations: readonly ApiOperation[]
  /** The first is the one whose roles are tried. */
  readonly tenants: readonly [PopulatedTenant, ...PopulatedTenant[]]
  /** By role: people of the first tenant, and the operator where there is one. */
  readonly people: Readonly<Record<string, Caller>>
  readonly marks: Marks
  readonly resources: Readonly<Record<string, Resource>>
  readonly fixtures: Readonly<Record<string, OperationFixture>>
  /** True where each tenant has a host of its own: then callers also come to the other's. */
  readonly hasHosts: boolean
  /** Everything that is stored: `<tenant> <table>` -> a sum of its content. */
  records(): Promise<ReadonlyMap<string, string>>
  send(request: Request, caller: Caller | undefined, at: Tenant): Promise<Answer>
}

/** What is to be written before the table is complete, in sentences. */
export function gapsOf({
  operations,
  resources,
  fixtures,
}: Pick<Place, 'operations' | 'resources' | 'fixtures'>): string[] {
  const names = new Set(operations.map(({ name }) => name))
  const gaps = operations.flatMap(({ name, resource, takesBody, idsInBody }) => {
    const { body, attempts = {} } = fixtures[name] ?? {}
    return [
      ...(resource === undefined || resource in resources
        ? []
        : [`${name}: nobody says what its id is of; add '${resource}' to the resources, with a way to make one.`]),
      ...(takesBody && body === undefined ? [`${name}: takes a body; add one to its fixture.`] : []),
      ...idsInBody
        .filter((member) => !(member in attempts))
        .map(
          (member) => `${name}: takes an id in ${member}; add an attempt with that of another tenant to its fixture.`,
        ),
    ]
  })
  const strangers = Object.keys(fixtures).filter((name) => !names.has(name))
  return [...gaps, ...strangers.map((name) => `${name}: has a fixture and is in no document; remove it.`)]
}
