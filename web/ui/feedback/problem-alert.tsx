import { Alert } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useProblemText } from '../i18n/use-problem-text.ts'

/** A refusal where it happened. Renders nothing without one, so callers pass `mutation.error` as it is. */
export function ProblemAlert({ error, children }: { error: unknown; children?: ReactNode }) {
  const text = useProblemText()
  if (error === null || error === undefined) return null
  const { title, detail } = text(error)
  return (
    <Alert role="alert" color="red" variant="light" icon={<IconAlertTriangle size={18} />} title={title}>
      {detail}
      {children}
    </Alert>
  )
}
