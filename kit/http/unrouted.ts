import type { FastifyInstance, FastifyRequest } from 'fastify'
import { kitProblems } from '../problems/index.ts'
import type { ProblemError } from '../problems/index.ts'

/** What the paths of this server are, to tell a wrong method (405 with Allow) from a wrong path (404). */
export interface Unrouted {
  problemFor(request: FastifyRequest): ProblemError
  /** The methods that the path of a request takes, sorted; empty where there is nothing. */
  methodsAt(request: FastifyRequest): readonly string[]
}

/** Call before any route is registered. Wildcard routes (the web app) do not count: they would make every path exist. */
export function tellUnrouted(app: FastifyInstance): Unrouted {
  const routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = []
  app.addHook('onRoute', (route) => {
    if (!route.url.includes('*')) routes.push({ pattern: patternOf(route.url), methods: [route.method].flat() })
  })
  const methodsAt = (request: FastifyRequest): readonly string[] => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = routes.filter((route) => route.pattern.test(path)).flatMap((route) => route.methods)
    return [...new Set(methods)].sort()
  }
  const problemFor = (request: FastifyRequest): ProblemError => {
    const allowed = methodsAt(request)
    if (allowed.length === 0 || allowed.includes(request.method)) {
      return kitProblems.problem('not-found', 'There is nothing at this address.')
    }
    const allow = allowed.join(', ')
    return kitProblems.problem('method-not-allowed', `This address takes ${allow}.`, { headers: { allow } })
  }
  app.setNotFoundHandler(async (request) => {
    throw problemFor(request)
  })
  return { problemFor, methodsAt }
}

/** `/sites/:id` -> one segment for each parameter. Only literal text and plain parameters are used in this project. */
function patternOf(url: string): RegExp {
  const segments = url
    .split('/')
    .map((segment) => (segment.startsWith(':') ? '[^/]+' : segment.replaceAll(/[^\w-]/g, '\\$&')))
  return new RegExp(`^${segments.join('/')}$`)
}
