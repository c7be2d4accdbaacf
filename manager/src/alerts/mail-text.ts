import { alertKinds, docsPageOf } from './alert-kinds.ts'
import type { Alarm } from './alert.ts'

const subjectLength = 200

/** What operators read, without the address of the console: whoever sends it adds that. */
export function alertMailOf({ kind, subject, detail }: Alarm, raisedAt: Date): { subject: string; text: string } {
  const { severity, title, cause, whatToDo } = alertKinds[kind]
  const line = `[Platen ${severity}] ${title}: ${subject.label}`.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  return {
    subject: line.slice(0, subjectLength).toWellFormed(),
    text: [
      title,
      '',
      `About: ${subject.label}`,
      `Seen: ${detail}`,
      `Since: ${raisedAt.toISOString()}`,
      '',
      cause,
      '',
      `What to do: ${whatToDo}`,
      `More: ${docsPageOf(kind)}`,
      '',
    ]
      .join('\n')
      .replaceAll('\0', '')
      .toWellFormed(),
  }
}
