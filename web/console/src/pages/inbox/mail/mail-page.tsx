import { DateTime, Page, Panel, PropertyList, QueryView, TextLink, usePathParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { mailQuery } from '../../../api/queries.ts'
import { paths } from '../../../paths.ts'
import classes from './mail-page.module.css'

/** One mail, as text: the HTML of a mail is never shown. */
export function MailPage() {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(mailQuery(usePathParameter('id')))}>
      {(mail) => (
        <Page title={mail.subject} back={<TextLink to={paths.inbox()}>{t('inbox.title')}</TextLink>}>
          <Panel>
            <PropertyList
              items={[
                { label: t('inbox.from'), value: mail.from },
                { label: t('inbox.to'), value: mail.to },
                { label: t('inbox.at'), value: <DateTime iso={mail.receivedAt} /> },
              ]}
            />
          </Panel>
          <Panel>
            <pre className={classes.text}>{mail.text}</pre>
          </Panel>
        </Page>
      )}
    </QueryView>
  )
}
