import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './wizard.module.css'

interface WizardProps {
  label: string
  steps: readonly string[]
  /** Which step is shown, from 0. */
  at: number
  children: ReactNode
}

/**
 * Something decided in several steps, one at a time. Each step begins at its heading, which takes the focus when the step changes, so
 * that neither keyboard nor screen reader is left at a button that is gone.
 */
export function Wizard({ label, steps, at, children }: WizardProps) {
  return (
    <div className={classes.wizard}>
      <ol className={classes.steps} aria-label={label}>
        {steps.map((step, index) => (
          <li
            key={step}
            className={classes.step}
            aria-current={index === at ? 'step' : undefined}
            data-done={index < at || undefined}
          >
            <span className={classes.number} aria-hidden="true">
              {index + 1}
            </span>
            <span className={classes.name}>{step}</span>
          </li>
        ))}
      </ol>
      <Title order={2} key={at} ref={takeFocus} tabIndex={-1} className={classes.heading}>
        {steps[at]}
      </Title>
      {children}
    </div>
  )
}

function takeFocus(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true })
}
