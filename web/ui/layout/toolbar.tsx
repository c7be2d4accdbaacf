import type { ReactNode } from 'react'
import classes from './page.module.css'

/** What narrows a list: search and filters, in one line where there is room. */
export function Toolbar({ children }: { children: ReactNode }) {
  return <div className={classes.toolbar}>{children}</div>
}
