import { Group, Text } from '@mantine/core'
import { ApiCall, Panel, ProblemAlert, QueryView, StateBadge, TextLink } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mailsQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { TestMailButton } from '../inbox/test-mail-button.tsx'

/** Whether mails leave the platform, and a test of it. */
export function MailPanel() {
  const { t } = useTranslation()
  const [error, setError] = useState<Error | null>(null)
  return (
    <Panel title={t('settings.mail')} action={<TestMailButton onFailed={setError} />}>
      <ProblemAlert error={error} />
      <QueryView query={useInfiniteQuery(mailsQuery)}>
        {({ pages }) => <MailState isKept={pages[0]?.kept !== false} />}
      </QueryView>
      <ApiCall method="POST" path="/alerts/test-mail" />
    </Panel>
  )
}

function MailState({ isKept }: { isKept: boolean }) {
  const { t } = useTranslation()
  return (
    <>
      <Group gap="xs">
        <StateBadge tone={isKept ? 'warn' : 'ok'} label={t(isKept ? 'settings.mailKept' : 'inbox.notKept')} />
        {isKept && <TextLink to={paths.inbox()}>{t('inbox.title')}</TextLink>}
      </Group>
      <Text size="sm" c="dimmed" mt={4} mb="md">
        {t(isKept ? 'settings.mailKeptText' : 'inbox.notKeptText')}
      </Text>
    </>
  )
}
