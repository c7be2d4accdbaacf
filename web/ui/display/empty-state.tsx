import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './empty-state.module.css'

/** Nothing here yet: why, and the one thing to do about it. */
interface EmptyStateProps {
  title: string
  action?: ReactNode
  /** 1 where this is all there is on the page. */
  level?: 1 | 2
  children?: ReactNode
}

export function EmptyState({ title, action, level = 2, children }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <Title order={level} size="h2">
        {title}
      </Title>
      {children !== undefined && children !== null && <p className={classes.text}>{children}</p>}
      {action}
    </div>
  )
}
