import { Title } from '@mantine/core'
import { ActionButton, ApiCall } from '@platen/ui'
import type { Method } from '@platen/ui'
import type { ReactNode } from 'react'
import classes from './settings-page.module.css'

interface DangerActionProps {
  title: string
  text: string
  label: string
  reason: string | null
  onAsk: () => void
  call: { method: Method; path: string }
  /** For what cannot be taken back. */
  isFinal?: boolean
  /** The dialog that asks once more. */
  children: ReactNode
}

/** One line of the danger zone: what it does, in words, beside the button. */
export function DangerAction({ title, text, label, reason, onAsk, call, isFinal, children }: DangerActionProps) {
  return (
    <li className={classes.action}>
      <div className={classes.words}>
        <Title order={3}>{title}</Title>
        <p className={classes.text}>{text}</p>
        <div className={classes.call}>
          <ApiCall {...call} />
        </div>
      </div>
      <ActionButton
        {...(isFinal === true ? { color: 'red' } : { variant: 'default' })}
        label={label}
        reason={reason}
        onClick={onAsk}
      />
      {children}
    </li>
  )
}
