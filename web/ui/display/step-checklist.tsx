import { IconArrowBackUp, IconCheck, IconCircleDashed, IconLoader2, IconMinus, IconX } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../api/problem.ts'
import { useFormat } from '../i18n/use-format.ts'
import { useProblemText } from '../i18n/use-problem-text.ts'
import classes from './step-checklist.module.css'
import { useNow } from './use-now.ts'

export type StepState = 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'undoing' | 'undone'

export interface ChecklistStep {
  name: string
  label: string
  state: StepState
  attempt: number
  startedAt: string | null
  endedAt: string | null
  problem: Problem | null
}

const icons: Record<StepState, TablerIcon> = {
  pending: IconCircleDashed,
  running: IconLoader2,
  succeeded: IconCheck,
  failed: IconX,
  skipped: IconMinus,
  undoing: IconLoader2,
  undone: IconArrowBackUp,
}

/** The steps of something long, each with its state and its time, counting while it runs. */
export function StepChecklist({ steps, label }: { steps: readonly ChecklistStep[]; label: string }) {
  const isLive = steps.some((step) => step.state === 'running' || step.state === 'undoing')
  const now = useNow(isLive)
  return (
    <ol className={classes.list} aria-label={label}>
      {steps.map((step) => (
        <Step key={step.name} step={step} now={now} />
      ))}
    </ol>
  )
}

function Step({ step, now }: { step: ChecklistStep; now: number }) {
  const { t } = useTranslation('ui')
  const format = useFormat()
  const problemText = useProblemText()
  const Icon = icons[step.state]
  const elapsedMs = elapsed(step, now)
  return (
    <li className={classes.step} data-state={step.state}>
      <span className={classes.mark} aria-hidden="true">
        <Icon size={16} stroke={2.2} />
      </span>
      <span className={classes.label}>
        {step.label}
        {step.attempt > 1 && <span className={classes.note}> · {t('steps.attempt', { attempt: step.attempt })}</span>}
        {step.problem && <span className={classes.problem}>{problemText(step.problem).title}</span>}
      </span>
      <span className={classes.state}>{t(`steps.${step.state}`)}</span>
      <span className={classes.time}>{elapsedMs === null ? '' : format.duration(elapsedMs)}</span>
    </li>
  )
}

function elapsed(step: ChecklistStep, now: number): number | null {
  if (step.startedAt === null) return null
  const end = step.endedAt === null ? now : new Date(step.endedAt).getTime()
  return Math.max(0, end - new Date(step.startedAt).getTime())
}
