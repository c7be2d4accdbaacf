import { Alert, Button, Group } from '@mantine/core'
import { IconHistory } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Says that typed values were brought back, and offers to start afresh. */
export function DraftNotice({ onDiscard }: { onDiscard: () => void }) {
  const { t } = useTranslation('ui')
  return (
    <Alert color="blue" variant="light" icon={<IconHistory size={18} />} role="status">
      <Group justify="space-between" gap="xs">
        {t('draft.restored')}
        <Button size="compact-sm" variant="default" onClick={onDiscard}>
          {t('draft.discard')}
        </Button>
      </Group>
    </Alert>
  )
}
