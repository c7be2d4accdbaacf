import type { ReactNode } from 'react'
import classes from './home-lines.module.css'

export function HomeLines({ label, children }: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.list} aria-label={label}>
      {children}
    </ul>
  )
}

/** One thing: how it is, what it is, and perhaps the button that leads on. */
export function HomeLine({ badge, action, children }: { badge: ReactNode; action?: ReactNode; children: ReactNode }) {
  return (
    <li className={classes.line}>
      <span className={classes.badge}>{badge}</span>
      <span className={classes.words}>{children}</span>
      {action}
    </li>
  )
}
