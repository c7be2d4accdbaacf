import type { DiagnosisCheck } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import type { Context } from './context.ts'
import { CommandFailure } from './failures.ts'

/** A line of the doctor: what this machine needs, or what the platform says of itself. */
export interface DoctorLine {
  check: string
  level: 'ok' | 'info' | 'warning' | 'critical' | 'refused'
  detail: string
}

/** What the platform says of itself, for operators who are signed in; for others why it says nothing. */
export async function platformChecks(context: Context): Promise<DoctorLine[] | string> {
  try {
    return (await askApi(context, 'GET /diagnosis')).checks.map(toLine)
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    return `The platform's own checks are left out: ${error.message}`
  }
}

export const toLine = ({ name, ok, severity, detail, whatToDo }: DiagnosisCheck): DoctorLine => ({
  check: `platform ${name}`,
  level: ok ? (whatToDo === null ? 'ok' : 'info') : severity,
  detail: whatToDo === null ? detail : `${detail} ${whatToDo}`,
})
