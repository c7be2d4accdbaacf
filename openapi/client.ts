/** What a typed client of either API is made of; how a request travels is the caller's. `Operations` is that of manager.ts or site.ts. */

interface Described {
  path?: object
  query?: object
  body?: unknown
  answer: unknown
}

/** What an operation takes: `path`, `query` and `body`, as far as it has them. */
type Input<Operation> = Omit<Operation, 'answer'>

/** The argument may be left out where nothing is required. */
export type InputOf<Operation> =
  Record<never, never> extends Input<Operation> ? [input?: Input<Operation>] : [input: Input<Operation>]

export interface OperationRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1. */
  path: string
  body?: unknown
}

/** The request for an operation such as `GET /sites/{id}`. */
export function requestOf(
  operation: string,
  { path = {}, query = {}, body }: Omit<Described, 'answer'> = {},
): OperationRequest {
  const [method, template = ''] = operation.split(' ')
  const values = new Map<string, unknown>(Object.entries(path))
  const filled = template.replaceAll(/\{(\w+)\}/g, (_whole, name: string) =>
    encodeURIComponent(String(values.get(name))),
  )
  const asked = Object.entries(query).filter(([, value]) => value !== undefined && value !== '')
  const search = new URLSearchParams(asked.map(([name, value]) => [name, String(value)])).toString()
  return {
    // Names of operations begin with one of them.
    method: method as OperationRequest['method'],
    path: search === '' ? filled : `${filled}?${search}`,
    ...(body === undefined ? {} : { body }),
  }
}
