import { isBenchName } from '@platen/kit/names'
import { z } from 'zod'
import { DriverError } from '../errors/index.ts'
import { logLevels, type BenchRequest } from './contract.ts'

/** Body of PUT /benches/{name} on the supervisor's socket, and the limits of every runner. */
export const benchBody = z.strictObject({
  release: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be letters, digits, dot, dash or underscore'),
  processes: z.int().min(1).max(16),
  memoryMb: z.int().min(64).max(16_384),
})

export const logPosition = z.string().regex(/^\d{1,12}-\d{1,15}$/, 'is no position in a log that was given before')

/** A query on a log, as it stands in an address. */
export const logQuery = z.strictObject({
  before: logPosition.optional(),
  after: logPosition.optional(),
  search: z.string().max(200).optional(),
  level: z.enum(logLevels).optional(),
  site: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(2_000).optional(),
})

export type BenchBody = z.infer<typeof benchBody>

/** The checked body of a request; DriverError `refused` says what is wrong. */
export function checkedBody(request: BenchRequest): BenchBody {
  checkedName(request.name)
  const { name: _, ...body } = request
  const parsed = benchBody.safeParse(body)
  if (parsed.success) return parsed.data
  throw new DriverError('refused', `the bench ${request.name} cannot run so: ${z.prettifyError(parsed.error)}`)
}

export function checkedName(name: string): string {
  if (isBenchName(name)) return name
  throw new DriverError('refused', `${JSON.stringify(name.slice(0, 50))} is not a bench name`)
}
