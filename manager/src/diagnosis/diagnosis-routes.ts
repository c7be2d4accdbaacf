import type { HttpServer } from '@platen/kit/http'
import { z } from 'zod'
import type { Diagnosis } from './diagnosis.ts'

const findingSchema = z
  .strictObject({
    name: z.string(),
    ok: z.boolean(),
    /** How bad it is: what is well is `info`. */
    severity: z.enum(['info', 'warning', 'critical']),
    detail: z.string(),
    /** Null where nothing has to be done. */
    whatToDo: z.string().nullable(),
  })
  .meta({ id: 'DiagnosisCheck' })

/** How the platform is, asked now; for operators. */
export function registerDiagnosisRoutes(app: HttpServer, { diagnosis }: { diagnosis: Diagnosis }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/diagnosis',
    config: { policy: { kind: 'operator' } },
    schema: {
      tags: ['diagnosis'],
      summary:
        'Check every part of the platform now. Takes seconds at most: what does not answer in time is told as that',
      response: { 200: z.strictObject({ checks: z.array(findingSchema) }) },
    },
    handler: async () => ({ checks: await diagnosis.run() }),
  })
}
