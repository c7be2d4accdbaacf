import type { ReactNode } from 'react'
import classes from './property-list.module.css'

export interface Property {
  label: string
  value: ReactNode
}

export function PropertyList({ items }: { items: readonly Property[] }) {
  return (
    <dl className={classes.list}>
      {items.map((item) => (
        <div key={item.label} className={classes.item}>
          <dt>{item.label}</dt>
          <dd>{item.value}</dd>
        </div>
      ))}
    </dl>
  )
}
