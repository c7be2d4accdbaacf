import { Button, Group, Text } from '@mantine/core'
import { Panel, QueryView, StateBadge, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { secondFactorQuery } from '../../api/queries.ts'
import type { SecondFactor } from '../../api/types.ts'
import { RenewCodesDialog } from './renew-codes-dialog.tsx'
import { SetUpDialog } from './set-up-dialog.tsx'
import { TurnOffDialog } from './turn-off-dialog.tsx'

/** The second factor of one's account: a code from an app beside the password. */
export function SecondFactorPanel() {
  const { t } = useTranslation()
  return (
    <Panel title={t('secondFactor.title')} description={t('secondFactor.text')}>
      <QueryView query={useQuery(secondFactorQuery)}>{(state) => <State state={state} />}</QueryView>
    </Panel>
  )
}

function State({ state }: { state: SecondFactor }) {
  const { t } = useTranslation()
  const format = useFormat()
  const [opened, open] = useState<'set-up' | 'renew' | 'turn-off' | null>(null)
  const close = () => open(null)
  return (
    <>
      <Group mb="md" gap="xs">
        <StateBadge tone={state.on ? 'ok' : 'warn'} label={t(state.on ? 'secondFactor.on' : 'secondFactor.off')} />
        {state.since !== null && (
          <Text size="sm" c="dimmed">
            {t('secondFactor.since', { date: format.date(state.since) })}
            {' · '}
            {t('secondFactor.left', { count: state.recoveryCodesLeft })}
          </Text>
        )}
      </Group>
      {state.on ? (
        <Group gap="xs">
          <Button variant="default" onClick={() => open('renew')}>
            {t('secondFactor.renew')}
          </Button>
          <Button variant="subtle" color="red" onClick={() => open('turn-off')}>
            {t('secondFactor.turnOff')}
          </Button>
        </Group>
      ) : (
        <Button onClick={() => open('set-up')}>{t('secondFactor.setUp')}</Button>
      )}
      {opened === 'set-up' && <SetUpDialog onClose={close} />}
      {opened === 'renew' && <RenewCodesDialog onClose={close} />}
      {opened === 'turn-off' && <TurnOffDialog onClose={close} />}
    </>
  )
}
