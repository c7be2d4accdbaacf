import { Alert, Text } from '@mantine/core'
import { CodeBlock } from '@platen/ui'
import { useTranslation } from 'react-i18next'

/** A fresh secret, the one time that it can be seen. */
export function ShownSecret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Alert
      role="status"
      color="green"
      variant="light"
      styles={{ body: { minWidth: 0 } }}
      title={t('webhook.secretTitle')}
      withCloseButton
      closeButtonLabel={t('action.close')}
      onClose={onClose}
    >
      <Text size="sm" mb="sm">
        {t('webhook.secretText')}
      </Text>
      <CodeBlock text={secret} what={t('webhook.secret')} />
    </Alert>
  )
}
