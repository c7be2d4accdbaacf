import { Paper, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { Logo } from './logo.tsx'
import { Preferences } from './preferences.tsx'
import classes from './public-page.module.css'

interface PublicPageProps {
  /** Who is speaking: the platform, or the site's name. */
  brand: string
  title: string
  intro?: ReactNode
  /** Wide for pages that hold more than one short form. */
  wide?: boolean
  banner?: ReactNode
  footer?: ReactNode
  children: ReactNode
}

/** A page before sign-in: one card, nothing else to do. */
export function PublicPage({ brand, title, intro, wide, banner, footer, children }: PublicPageProps) {
  return (
    <div className={classes.page}>
      <title>{`${title} · ${brand}`}</title>
      <header className={classes.header}>
        <span className={classes.brand}>
          <Logo />
          {brand}
        </span>
        <span className={classes.tools}>
          <Preferences />
        </span>
      </header>
      {banner}
      <main className={classes.main} data-wide={wide || undefined}>
        <Paper withBorder radius="lg" className={classes.card}>
          <Title order={1}>{title}</Title>
          {intro !== undefined && (
            <Text c="dimmed" mt={6} mb="lg" component="div">
              {intro}
            </Text>
          )}
          {children}
        </Paper>
        {footer !== undefined && <div className={classes.footer}>{footer}</div>}
      </main>
    </div>
  )
}
