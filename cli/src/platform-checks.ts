import type { DiagnosisCheck } from './api-types.ts'
import type { Context } from './context.ts'
import { CommandFailure } from './failures.ts'

/** A line of the doctor: what this machine needs, or what the platform says of itself. */
export interface DoctorLine {
  check: string
  level: 'ok' | 'info' | 'warning' | 'critical' | 'refused'
  detail: string
}

/** What the platform says of itself, for operators who are signed in; for others why it says nothing. */
export async function platformChecks({ client, session }: Context): Promise<DoctorLine[] | string> {
  try {
    const accessToken = await session.accessToken()
    const { body } = await client.call({ method: 'GET', path: '/diagnosis', accessToken })
    return (body as { checks: DiagnosisCheck[] }).checks.map(toLine) // contract of GET /diagnosis
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error
    return `The platform's own checks are left out: ${error.message}`
  }
}

export const toLine = ({ name, ok, severity, detail, whatToDo }: DiagnosisCheck): DoctorLine => ({
  check: `platform ${name}`,
  level: ok ? (whatToDo === null ? 'ok' : 'info') : severityOf(severity),
  detail: whatToDo === null ? detail : `${detail} ${whatToDo}`,
})

const severityOf = (severity: string): DoctorLine['level'] =>
  severity === 'critical' || severity === 'warning' ? severity : 'info'
