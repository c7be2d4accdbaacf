import type { FastifyInstance, FastifySchemaCompiler } from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { safeParse } from 'zod/v4/core'
import type { $ZodError, $ZodIssue, $ZodType } from 'zod/v4/core'
import { allowedQueryOf } from '../lists/index.ts'
import { kitProblems } from '../problems/index.ts'
import type { ProblemPlace } from '../problems/index.ts'
import { findLooseObject } from './strict-bodies.ts'

const MOST_PLACES = 50

/**
 * Zod at both ends of a route. Requests: refusals are 422 with a pointer to each bad place. Answers: fields that the response
 * schema does not name are dropped, and an answer that breaks its schema is our bug (500), never half-sent.
 */
export function validateWithZod(app: FastifyInstance): void {
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.addHook('onRoute', (route) => {
    const loose = route.schema?.body === undefined ? undefined : findLooseObject(route.schema.body)
    if (loose === undefined) return
    throw new Error(
      `Route ${[route.method].flat().join('|')} ${route.url}: the body schema would ignore unknown fields at '${loose}'; use z.strictObject`,
    )
  })
}

const validatorCompiler: FastifySchemaCompiler<$ZodType> = ({ schema, httpPart }) => {
  return (data) => {
    const result = safeParse(schema, data)
    if (result.success) return { value: result.data }
    const allowed = allowedQueryOf(schema)
    return {
      error: allowed === undefined ? invalid(result.error, httpPart ?? 'body') : refuseList(result.error, allowed),
    }
  }
}

/** What a list does not take is 400 and says what it takes: a client that guesses learns it from the first answer. */
function refuseList(error: $ZodError, allowed: object) {
  const errors = error.issues.flatMap((issue) => placesOf(issue, '/query')).slice(0, MOST_PLACES)
  return kitProblems.problem('list-query-invalid', 'This list does not take the query; allowed says what it takes.', {
    errors,
    extensions: { allowed },
  })
}

function invalid(error: $ZodError, httpPart: string) {
  const prefix = httpPart === 'body' ? '' : `/${httpPart === 'querystring' ? 'query' : httpPart}`
  const errors = error.issues.flatMap((issue) => placesOf(issue, prefix)).slice(0, MOST_PLACES)
  const count = errors.length === 1 ? 'One place' : `${errors.length} places`
  return kitProblems.problem(
    'request-invalid',
    `${count} in the request ${errors.length === 1 ? 'is' : 'are'} not accepted.`,
    { errors },
  )
}

function placesOf(issue: $ZodIssue, prefix: string): ProblemPlace[] {
  const at = prefix + pointer(issue.path)
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: at + pointer([key]), message: 'This field is not known here.' }))
  }
  return [{ pointer: at, message: issue.message }]
}

/** RFC 6901. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
