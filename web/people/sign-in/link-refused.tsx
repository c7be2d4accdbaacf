import { Stack } from '@mantine/core'
import { ButtonLink, ProblemAlert } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { EntryPage } from './entry-page.tsx'

interface LinkRefusedProps {
  /** What the server said; without it the address had no token. */
  error?: unknown
  /** Where another link is asked for, or where to go on. */
  again: string
  againLabel: string
}

/** A link that leads nowhere: used, expired, replaced or cut short by a mail program. */
export function LinkRefused({ error, again, againLabel }: LinkRefusedProps) {
  const { t } = useTranslation()
  return (
    <EntryPage title={t('link.refusedTitle')} intro={t('link.refused')}>
      <Stack>
        <ProblemAlert error={error} />
        <ButtonLink to={again} variant="default">
          {againLabel}
        </ButtonLink>
      </Stack>
    </EntryPage>
  )
}
