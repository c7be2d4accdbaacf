import { DataTable, EmptyState, MoreButton, Page, ProblemAlert, QueryView, TextLink, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mailsQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'
import { TestMailButton } from './test-mail-button.tsx'

/** Mails that the platform wrote and, without a relay, sent to nobody. */
export function InboxPage() {
  const { t } = useTranslation()
  const [error, setError] = useState<Error | null>(null)
  return (
    <Page title={t('inbox.title')} description={t('inbox.intro')} action={<TestMailButton onFailed={setError} />}>
      <ProblemAlert error={error} />
      <Mails />
    </Page>
  )
}

function Mails() {
  const { t } = useTranslation()
  const query = useInfiniteQuery(mailsQuery)
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const mails = pages.flatMap((page) => page.items)
        if (pages[0]?.kept === false)
          return <EmptyState title={t('inbox.notKept')}>{t('inbox.notKeptText')}</EmptyState>
        if (mails.length === 0) return <EmptyState title={t('inbox.none')}>{t('inbox.noneText')}</EmptyState>
        return (
          <>
            <DataTable
              label={t('inbox.title')}
              rows={mails}
              rowKey={(mail) => mail.id}
              columns={[
                {
                  key: 'subject',
                  header: t('inbox.subject'),
                  render: (mail) => <TextLink to={paths.mail(mail.id)}>{mail.subject}</TextLink>,
                },
                { key: 'to', header: t('inbox.to'), secondary: true, render: (mail) => mail.to },
                { key: 'at', header: t('inbox.at'), render: (mail) => <TimeAgo iso={mail.receivedAt} /> },
              ]}
            />
            <MoreButton query={query} />
          </>
        )
      }}
    </QueryView>
  )
}
