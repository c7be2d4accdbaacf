import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { ProblemAlert } from './problem-alert.tsx'

interface ConfirmNameDialogProps {
  opened: boolean
  onClose: () => void
  title: string
  /** What will be lost. */
  children: ReactNode
  name: string
  confirmLabel: string
  isWorking: boolean
  error: unknown
  onConfirm: () => void
}

/** For what cannot be taken back: the button wakes up once the name is typed. */
export function ConfirmNameDialog(props: ConfirmNameDialogProps) {
  const { t } = useTranslation('ui')
  const [typed, setTyped] = useState('')
  const isSame = typed === props.name
  function close(): void {
    setTyped('')
    props.onClose()
  }
  return (
    <Modal
      opened={props.opened}
      onClose={close}
      title={props.title}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked={props.opened || undefined}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isSame) props.onConfirm()
        }}
      >
        <Stack>
          <Text component="div">{props.children}</Text>
          <ProblemAlert error={props.error} />
          <TextInput
            label={t('confirm.typeName', { name: props.name })}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" color="red" disabled={!isSame} loading={props.isWorking}>
              {props.confirmLabel}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
