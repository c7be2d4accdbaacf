import { Button } from '@mantine/core'
import { Component } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../display/empty-state.tsx'
import { ConnectionError, ProblemError } from '../api/problem.ts'
import classes from './error-boundary.module.css'
import { useProblemText } from '../i18n/use-problem-text.ts'

/** What a page shows instead of its content when it could not be had. */
export function PageError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  const { t } = useTranslation('ui')
  const text = useProblemText()(error)
  const isExpected = error instanceof ProblemError || error instanceof ConnectionError
  return (
    <EmptyState
      level={1}
      title={isExpected ? text.title : t('crash.title')}
      action={
        <Button variant="default" onClick={onRetry}>
          {t('action.tryAgain')}
        </Button>
      }
    >
      {isExpected ? text.detail : t('crash.text')}
    </EmptyState>
  )
}

/** A page that is nothing but its error: before the frame could be drawn. */
export function BareError({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <main className={classes.bare}>
      <title>Platen</title>
      <PageError error={error} onRetry={onRetry} />
    </main>
  )
}

/** Last resort around the whole app: a fault of ours leaves a sentence and a way out, never a white page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null }

  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error }
  }

  override render(): ReactNode {
    if (this.state.error === null) return this.props.children
    return <BareError error={this.state.error} onRetry={() => window.location.reload()} />
  }
}
