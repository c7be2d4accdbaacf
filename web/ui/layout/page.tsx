import { Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './page.module.css'

interface PageProps {
  title: string
  /** Window title; the page's title when absent. */
  windowTitle?: string
  description?: ReactNode
  /** Beside the title: the page's main action. */
  action?: ReactNode
  /** Above the title: the way back. */
  back?: ReactNode
  badge?: ReactNode
  children: ReactNode
}

/** A page inside the frame: heading, one line about it, its main action, then the content. */
export function Page({ title, windowTitle, description, action, back, badge, children }: PageProps) {
  return (
    <>
      <title>{`${windowTitle ?? title} · Platen`}</title>
      {back !== undefined && <div className={classes.back}>{back}</div>}
      <div className={classes.heading}>
        <div className={classes.words}>
          <div className={classes.titleLine}>
            <Title order={1} className={classes.title}>
              {title}
            </Title>
            {badge}
          </div>
          {description !== undefined && <div className={classes.description}>{description}</div>}
        </div>
        {action !== undefined && <div className={classes.action}>{action}</div>}
      </div>
      <div className={classes.content}>{children}</div>
    </>
  )
}

interface PanelProps {
  title?: string
  description?: ReactNode
  action?: ReactNode
  tone?: 'danger'
  children: ReactNode
}

/** One block of a page: a bordered surface with its own small heading. */
export function Panel({ title, description, action, tone, children }: PanelProps) {
  return (
    <Paper component="section" withBorder radius="lg" className={classes.panel} data-tone={tone} aria-label={title}>
      {title !== undefined && (
        <div className={classes.panelHeading}>
          <Title order={2}>{title}</Title>
          {action}
        </div>
      )}
      {description !== undefined && <p className={classes.panelDescription}>{description}</p>}
      {children}
    </Paper>
  )
}
