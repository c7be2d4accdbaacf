import { Button, Group, Modal, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { api, CodeBlock, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { secondFactorQuery } from '../../api/queries.ts'
import type { OfferedSecondFactor, RecoveryCodes } from '../../api/types.ts'
import { QrPicture } from './qr-picture.tsx'
import { RecoveryCodesList } from './recovery-codes-list.tsx'

/** Password, then the secret and its first code, then the recovery codes. */
export function SetUpDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const begin = useMutation({
    mutationFn: (password: string) => api.send<OfferedSecondFactor>('POST', '/auth/second-factor', { password }),
  })
  const confirm = useMutation({
    mutationFn: (code: string) => api.send<RecoveryCodes>('PUT', '/auth/second-factor', { code }),
  })
  function close(): void {
    // Only now: the panel behind would otherwise change under the codes and take the dialog with it.
    void client.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
    onClose()
  }
  return (
    <Modal
      opened
      onClose={close}
      title={t('secondFactor.setUpTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      {confirm.data !== undefined ? (
        <Stack>
          <RecoveryCodesList codes={confirm.data.recoveryCodes} />
          <Button onClick={close}>{t('secondFactor.kept')}</Button>
        </Stack>
      ) : begin.data !== undefined ? (
        <Offer offer={begin.data} isWorking={confirm.isPending} error={confirm.error} onCode={confirm.mutate} />
      ) : (
        <AskPassword isWorking={begin.isPending} error={begin.error} onPassword={begin.mutate} />
      )}
    </Modal>
  )
}

interface AskPasswordProps {
  isWorking: boolean
  error: unknown
  onPassword: (password: string) => void
}

function AskPassword({ isWorking, error, onPassword }: AskPasswordProps) {
  const { t } = useTranslation()
  const [password, setPassword] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onPassword(password)
      }}
    >
      <Stack>
        <Text>{t('secondFactor.passwordText')}</Text>
        <ProblemAlert error={error} />
        <PasswordInput
          label={t('myAccount.currentPassword')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" loading={isWorking} disabled={password === ''}>
          {t('secondFactor.goOn')}
        </Button>
      </Stack>
    </form>
  )
}

interface OfferProps {
  offer: OfferedSecondFactor
  isWorking: boolean
  error: unknown
  onCode: (code: string) => void
}

function Offer({ offer, isWorking, error, onCode }: OfferProps) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onCode(code.trim())
        setCode('')
      }}
    >
      <Stack>
        <Text>{t('secondFactor.scan')}</Text>
        <Group justify="center">
          <QrPicture text={offer.url} label={t('secondFactor.picture')} />
        </Group>
        <Text size="sm" c="dimmed">
          {t('secondFactor.byHand')}
        </Text>
        <CodeBlock text={offer.secret} what={t('secondFactor.secret')} />
        <ProblemAlert error={error} />
        <TextInput
          label={t('secondFactor.firstCode')}
          inputMode="numeric"
          autoComplete="one-time-code"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          data-autofocus
        />
        <Button type="submit" loading={isWorking} disabled={code.trim() === ''}>
          {t('secondFactor.confirm')}
        </Button>
      </Stack>
    </form>
  )
}
