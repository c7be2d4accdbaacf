import { IconCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './todo-list.module.css'

export interface Todo {
  key: string
  title: string
  text?: ReactNode
  isDone: boolean
  action?: ReactNode
}

/** What is left to do, in order; done things stay visible but quiet. */
export function TodoList({ items, label }: { items: readonly Todo[]; label: string }) {
  const { t } = useTranslation('ui')
  return (
    <ol className={classes.list} aria-label={label}>
      {items.map((item, index) => (
        <li key={item.key} className={classes.item} data-done={item.isDone || undefined}>
          <span className={classes.mark} aria-hidden="true">
            {item.isDone ? <IconCheck size={16} stroke={2.4} /> : index + 1}
          </span>
          <div className={classes.words}>
            <span className={classes.title}>
              {item.title}
              {item.isDone && <span className={classes.done}> · {t('todo.done')}</span>}
            </span>
            {item.text !== undefined && <span className={classes.text}>{item.text}</span>}
          </div>
          {item.action}
        </li>
      ))}
    </ol>
  )
}
