import { Alert, Text } from '@mantine/core'
import { CodeBlock } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { MadeApiToken } from '../../api/types.ts'

/** A fresh token, the one time that it can be seen. */
export function MadeToken({ made, onClose }: { made: MadeApiToken; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert
      role="status"
      color="green"
      variant="light"
      mb="md"
      styles={{ body: { minWidth: 0 } }}
      title={t('tokens.madeTitle', { name: made.apiToken.name })}
      withCloseButton
      closeButtonLabel={t('action.close')}
      onClose={onClose}
    >
      <Text size="sm" mb="sm">
        {t('tokens.madeText')}
      </Text>
      <CodeBlock text={made.token} what={t('tokens.token')} />
    </Alert>
  )
}
