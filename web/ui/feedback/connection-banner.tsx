import { Button } from '@mantine/core'
import { IconPlugConnectedX } from '@tabler/icons-react'
import { useState, useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import type { Connection } from '../api/connection.ts'
import classes from './connection-banner.module.css'

/** Tells that the server cannot be reached, that we keep trying, and that nothing typed is lost. */
export function ConnectionBanner({ connection }: { connection: Connection }) {
  const { t } = useTranslation('ui')
  const state = useSyncExternalStore(connection.subscribe, connection.current)
  const [isTrying, setTrying] = useState(false)
  if (state === 'ok') return <div role="status" />
  async function retry(): Promise<void> {
    setTrying(true)
    await connection.retry()
    setTrying(false)
  }
  return (
    <div role="status" className={classes.banner}>
      <IconPlugConnectedX size={18} aria-hidden="true" />
      <span className={classes.text}>{t(`connection.${state}`)}</span>
      <Button size="compact-sm" variant="default" loading={isTrying} onClick={() => void retry()}>
        {t('action.retryNow')}
      </Button>
    </div>
  )
}
