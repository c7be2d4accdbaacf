/** What the platform found about itself, in order and as text. Pure. */
import type { Tone } from '@platen/ui'
import type { Check } from '../api/platform.ts'

const ranks: Record<Check['severity'], number> = { critical: 0, warning: 1, info: 2 }

/** What is wrong comes first, the gravest before the rest; what is well keeps its order. */
export const worstFirst = (checks: readonly Check[]): Check[] =>
  checks.toSorted((one, other) => rankOf(one) - rankOf(other))

const rankOf = ({ ok, severity }: Check): number => (ok ? 3 : ranks[severity])

export const checkTone = ({ ok, severity }: Pick<Check, 'ok' | 'severity'>): Tone =>
  ok ? 'ok' : severity === 'critical' ? 'bad' : 'warn'

/** For a mail to whoever helps: the same lines as the command prints. */
export function diagnosisText(checks: readonly Check[], at: string): string {
  const lines = checks.flatMap(({ ok, severity, name, detail, whatToDo }) => [
    `${ok ? 'ok' : severity}  ${name}: ${detail}`,
    ...(whatToDo === null ? [] : [`    ${whatToDo}`]),
  ])
  return [`Platen diagnosis, ${at}`, ...lines].join('\n')
}
