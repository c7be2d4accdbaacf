import { Alert, Button, Group, Stack } from '@mantine/core'
import { CopyButton, saveFile } from '@platen/ui'
import { IconDownload } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './second-factor.module.css'

/** Fresh recovery codes, the one time that they can be seen. */
export function RecoveryCodesList({ codes }: { codes: readonly string[] }) {
  const { t } = useTranslation()
  const text = `${codes.join('\n')}\n`
  return (
    <Stack>
      <Alert role="status" color="green" variant="light" title={t('secondFactor.codesTitle')}>
        {t('secondFactor.codesText')}
      </Alert>
      <ul className={classes.codes} aria-label={t('secondFactor.codes')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="xs">
        <CopyButton text={text} what={t('secondFactor.codes')} />
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconDownload size={14} />}
          onClick={() =>
            saveFile(new Blob([text], { type: 'text/plain' }), `${window.location.hostname}-recovery-codes.txt`)
          }
        >
          {t('secondFactor.download')}
        </Button>
      </Group>
    </Stack>
  )
}
