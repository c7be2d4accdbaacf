import { Button } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

/** Copies `text`; `what` tells buttons of one page apart when read aloud. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const { t } = useTranslation('ui')
  const clipboard = useClipboard({ timeout: 2000 })
  const Icon = clipboard.copied ? IconCheck : IconCopy
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Icon size={14} />}
      aria-label={t('copy.label', { what })}
      onClick={() => clipboard.copy(text)}
    >
      <span aria-live="polite">{clipboard.copied ? t('copy.done') : t('copy.copy')}</span>
    </Button>
  )
}
