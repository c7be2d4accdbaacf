import { z } from 'zod'
import { operationStates, stepStates, type LogLineView, type OperationView } from '@platen/kit/operations'
import { problemSchema } from '@platen/kit/problems'
import { operationActionNames, operationActions } from './operation-actions.ts'

const stepSchema = z.strictObject({
  name: z.string(),
  state: z.enum(stepStates),
  attempt: z.int(),
  startedAt: z.iso.datetime().nullable(),
  endedAt: z.iso.datetime().nullable(),
  problem: problemSchema.nullable(),
})

/** An operation as the API tells it. */
export const operationSchema = z
  .strictObject({
    id: z.uuid(),
    type: z.string(),
    state: z.enum(operationStates),
    subject: z.strictObject({ kind: z.string(), id: z.string(), label: z.string().nullable() }),
    actor: z.strictObject({ id: z.string(), label: z.string().nullable() }).nullable(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().nullable(),
    endedAt: z.iso.datetime().nullable(),
    progress: z.number().min(0).max(1),
    cancellable: z.boolean(),
    cancelRequested: z.boolean(),
    actions: z.array(
      z.strictObject({ name: z.enum(operationActionNames), allowed: z.boolean(), reason: z.string().nullable() }),
    ),
    problem: problemSchema.nullable(),
    steps: z.array(stepSchema),
    log: z.array(z.strictObject({ at: z.iso.datetime(), step: z.string().nullable(), message: z.string() })).optional(),
  })
  .meta({ id: 'Operation' })

export type OperationAnswer = z.infer<typeof operationSchema>

export function toOperationAnswer(
  { tenantId: _tenant, ...view }: OperationView,
  log?: readonly LogLineView[],
): OperationAnswer {
  return {
    ...view,
    actions: operationActions(view),
    ...(log === undefined ? {} : { log: log.map(({ at, step, message }) => ({ at, step, message })) }),
  }
}
