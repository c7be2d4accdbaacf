import { Page, QueryView, TextLink, usePathParameter, useQueryParameter, Wizard } from '@platen/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { backupsQuery } from '../../../../api/backups.ts'
import type { Backup } from '../../../../api/backups.ts'
import { siteQuery } from '../../../../api/queries.ts'
import type { Site } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { ChooseBackup } from './choose-backup.tsx'
import { ChooseTarget } from './choose-target.tsx'
import { RestoreAsNew } from './restore-as-new.tsx'
import { RestoreInPlace } from './restore-in-place.tsx'

/**
 * From a backup back to a working site: which backup, where to, what it would change. What is chosen stands in the address, so that
 * going back, reloading and linking work; the last step leads to the operation.
 */
export function RestorePage() {
  const { t } = useTranslation()
  const id = usePathParameter('id')
  return (
    <QueryView query={useQuery(siteQuery(id))}>
      {(site) => (
        <Page
          title={t('restore.title', { name: site.name })}
          description={t('restore.intro')}
          back={<TextLink to={paths.siteBackups(id)}>{t('backups.title')}</TextLink>}
        >
          <Backups site={site} />
        </Page>
      )}
    </QueryView>
  )
}

function Backups({ site }: { site: Site }) {
  const query = useInfiniteQuery(backupsQuery(site.id))
  return (
    <QueryView query={query}>
      {({ pages }) => (
        <Steps
          site={site}
          backups={pages.flatMap((page) => page.items).filter(({ state }) => state === 'verified')}
          query={query}
        />
      )}
    </QueryView>
  )
}

interface StepsProps {
  site: Site
  backups: readonly Backup[]
  query: Parameters<typeof ChooseBackup>[0]['query']
}

function Steps({ site, backups, query }: StepsProps) {
  const { t } = useTranslation()
  const backupId = useQueryParameter('backup')
  const into = useQueryParameter('into')
  const backup = backups.find(({ id }) => id === backupId)
  const at = backup === undefined ? 0 : into === undefined ? 1 : 2
  return (
    <Wizard
      label={t('restore.steps')}
      steps={[t('restore.chooseBackup'), t('restore.chooseTarget'), t('restore.check')]}
      at={at}
    >
      {backup === undefined && <ChooseBackup site={site} backups={backups} query={query} />}
      {backup !== undefined && into === undefined && <ChooseTarget site={site} backup={backup} />}
      {backup !== undefined && into === 'new' && <RestoreAsNew site={site} backup={backup} />}
      {backup !== undefined && into === 'place' && <RestoreInPlace site={site} backup={backup} />}
    </Wizard>
  )
}
