import { ButtonLink, Panel, TodoList } from '@platen/ui'
import type { Todo } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { wasSiteOpened } from '../../api/open-site.ts'
import type { Site } from '../../api/types.ts'
import { paths } from '../../paths.ts'
import { OpenSiteButton } from '../../sites/open-site-button.tsx'
import { wasCertificateFetched } from '../certificate/certificate-fetched.ts'

/** What a new platform asks of its owner; gone once all of it is done. */
export function FirstSteps({ sites }: { sites: readonly Site[] }) {
  const { t } = useTranslation()
  const items = [useOpening(sites), useCertificate(), useBackup(sites)]
  if (items.every(({ isDone }) => isDone)) return null
  return (
    <Panel title={t('home.todo')}>
      <TodoList
        label={t('home.todo')}
        items={[{ key: 'site', title: t('home.firstSite'), text: t('home.firstSiteWhy'), isDone: true }, ...items]}
      />
    </Panel>
  )
}

function useOpening(sites: readonly Site[]): Todo {
  const { t } = useTranslation()
  const openable = sites.find((site) => site.actions.some((action) => action.name === 'open' && action.allowed))
  const isDone = wasSiteOpened()
  return {
    key: 'open',
    title: t('home.openSite'),
    text: t('home.openSiteWhy'),
    isDone,
    action:
      openable && !isDone ? (
        <OpenSiteButton id={openable.id} label={t('home.openNamed', { name: openable.name })} variant="default" />
      ) : undefined,
  }
}

function useCertificate(): Todo {
  const { t } = useTranslation()
  const isDone = wasCertificateFetched()
  return {
    key: 'certificate',
    title: t('home.certificate'),
    text: t('home.certificateWhy'),
    isDone,
    action: isDone ? undefined : (
      <ButtonLink to={paths.certificate()} variant="default">
        {t('home.certificateAction')}
      </ButtonLink>
    ),
  }
}

function useBackup(sites: readonly Site[]): Todo {
  const { t } = useTranslation()
  const isDone = sites.some(({ lastVerifiedBackupAt }) => lastVerifiedBackupAt !== null)
  const first = sites.find(({ actions }) => actions.some(({ name, allowed }) => name === 'back-up' && allowed))
  return {
    key: 'backup',
    title: t('home.backup'),
    text: t('home.backupWhy'),
    isDone,
    action:
      isDone || first === undefined ? undefined : (
        <ButtonLink to={paths.siteBackups(first.id)} variant="default">
          {t('backups.title')}
        </ButtonLink>
      ),
  }
}
