import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

/** Nothing here yet: why, and the one thing to do about it. */
export function EmptyState({ title, action, children }: { title: string; action?: ReactNode; children?: ReactNode }) {
  return (
    <div className={classes.empty}>
      <Title order={2}>{title}</Title>
      {children !== undefined && children !== null && <p className={classes.text}>{children}</p>}
      {action}
    </div>
  )
}
