import { Drawer, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '@platen/ui'
import type { Operation } from '../../../api/types.ts'

interface LogDrawerProps {
  operation: Operation
  opened: boolean
  onClose: () => void
}

/** What each step said while it ran. */
export function LogDrawer({ operation, opened, onClose }: LogDrawerProps) {
  const { t } = useTranslation()
  const lines = (operation.log ?? []).map((line) => `${line.at.slice(11, 23)}  ${line.step ?? '-'}  ${line.message}`)
  return (
    <Drawer
      opened={opened}
      onClose={onClose}
      position="right"
      size="lg"
      title={t('operations.log')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked={opened || undefined}
    >
      {lines.length === 0 ? (
        <Text c="dimmed">{t('operations.noLog')}</Text>
      ) : (
        <CodeBlock text={lines.join('\n')} what={t('operations.log')} />
      )}
    </Drawer>
  )
}
