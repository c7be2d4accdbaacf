import { TextLink } from '@platen/ui'
import type { Alert } from '../api/types.ts'
import { paths } from '../paths.ts'

/** What an alert is about, leading to it where the console has a page for it. */
export function AlertSubject({ subject }: Pick<Alert, 'subject'>) {
  const to = addressOf(subject)
  return to === undefined ? subject.label : <TextLink to={to}>{subject.label}</TextLink>
}

function addressOf({ kind, id }: Alert['subject']): string | undefined {
  if (kind === 'site') return paths.site(id)
  if (kind === 'operation') return paths.operation(id)
  return kind === 'bench-process' || kind === 'consumer' ? paths.servers() : undefined
}
