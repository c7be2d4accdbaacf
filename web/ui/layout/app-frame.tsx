import { ActionIcon, Drawer } from '@mantine/core'
import { IconMenu2 } from '@tabler/icons-react'
import type { TablerIcon } from '@tabler/icons-react'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { AccountMenu } from './account-menu.tsx'
import type { Account } from './account-menu.tsx'
import classes from './app-frame.module.css'
import { Logo } from './logo.tsx'
import { Preferences } from './preferences.tsx'
import { RouterLink } from './router-link.tsx'

export interface NavigationItem {
  to: string
  label: string
  icon: TablerIcon
  /** Stays marked on the pages below. */
  section?: boolean
  /** Stays marked at and below these addresses too. */
  covers?: readonly string[]
}

interface AppFrameProps {
  /** `dark` for the console, `light` for a desk: two open tabs are told apart at a glance. */
  rail: 'dark' | 'light'
  title: string
  subtitle?: string | undefined
  navigation: readonly NavigationItem[]
  account: Account | undefined
  accountPath: string
  /** More of the account menu, such as the organisations one belongs to. */
  accountItems?: ReactNode
  onSignOut: () => void
  banner?: ReactNode
  children: ReactNode
}

/** The frame of every page after sign-in: navigation at the side, or in a drawer on a phone, preferences and account on top. */
export function AppFrame(props: AppFrameProps) {
  const { t } = useTranslation('ui')
  const [isOpen, setOpen] = useState(false)
  const brand = <Brand title={props.title} subtitle={props.subtitle} />
  const links = <Navigation items={props.navigation} onFollow={() => setOpen(false)} />
  return (
    <div className={classes.frame}>
      <a className={classes.skip} href="#content">
        {t('nav.skip')}
      </a>
      <nav aria-label={t('nav.label')} className={classes.rail} data-tone={props.rail}>
        {brand}
        {links}
      </nav>
      <div className={classes.column}>
        <header className={classes.header}>
          <span className={classes.burger}>
            <ActionIcon
              variant="subtle"
              color="gray"
              c="inherit"
              size="lg"
              aria-label={t('nav.open')}
              onClick={() => setOpen(true)}
            >
              <IconMenu2 size={20} />
            </ActionIcon>
          </span>
          <span className={classes.headerTitle}>{props.title}</span>
          <div className={classes.tools}>
            <Preferences />
            {props.account && (
              <AccountMenu account={props.account} to={props.accountPath} onSignOut={props.onSignOut}>
                {props.accountItems}
              </AccountMenu>
            )}
          </div>
        </header>
        {props.banner}
        <main id="content" tabIndex={-1} className={classes.main}>
          {props.children}
        </main>
      </div>
      <Drawer
        opened={isOpen}
        onClose={() => setOpen(false)}
        size={260}
        title={brand}
        closeButtonProps={{ 'aria-label': t('action.close') }}
        attributes={{ content: { 'aria-label': t('nav.label') } }}
        data-scroll-locked={isOpen || undefined}
      >
        <nav aria-label={t('nav.label')}>{links}</nav>
      </Drawer>
    </div>
  )
}

function Brand({ title, subtitle }: { title: string; subtitle?: string | undefined }) {
  return (
    <span className={classes.brand}>
      <Logo />
      <span>
        <span className={classes.brandName}>{title}</span>
        {subtitle !== undefined && <span className={classes.brandHost}>{subtitle}</span>}
      </span>
    </span>
  )
}

function Navigation({ items, onFollow }: { items: readonly NavigationItem[]; onFollow: () => void }) {
  return (
    <div className={classes.navigation}>
      {items.map((item) => (
        <RouterLink
          key={item.to}
          to={item.to}
          section={item.section}
          covers={item.covers}
          className={classes.link}
          onClick={onFollow}
        >
          <item.icon size={18} stroke={1.7} aria-hidden="true" />
          {item.label}
        </RouterLink>
      ))}
    </div>
  )
}
