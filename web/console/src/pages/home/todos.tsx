import { ButtonLink, TodoList } from '@platen/ui'
import type { Todo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { wasSiteOpened } from '../../api/open-site.ts'
import { operationsQuery } from '../../api/queries.ts'
import type { Site } from '../../api/types.ts'
import { useOperationTitle } from '../../operations/use-operation-title.ts'
import { paths } from '../../paths.ts'
import { OpenSiteButton } from '../../sites/open-site-button.tsx'
import { wasCertificateFetched } from '../certificate/certificate-fetched.ts'

export function Todos({ sites }: { sites: readonly Site[] }) {
  const { t } = useTranslation()
  const stuck = useStuckOperations()
  const openable = sites.find((site) => site.actions.some((action) => action.name === 'open' && action.allowed))
  const items: Todo[] = [
    ...stuck,
    {
      key: 'site',
      title: t('home.firstSite'),
      text: t('home.firstSiteWhy'),
      isDone: true,
    },
    {
      key: 'open',
      title: t('home.openSite'),
      text: t('home.openSiteWhy'),
      isDone: wasSiteOpened(),
      action:
        openable && !wasSiteOpened() ? (
          <OpenSiteButton id={openable.id} label={t('home.openNamed', { name: openable.name })} variant="default" />
        ) : undefined,
    },
    {
      key: 'certificate',
      title: t('home.certificate'),
      text: t('home.certificateWhy'),
      isDone: wasCertificateFetched(),
      action: wasCertificateFetched() ? undefined : (
        <ButtonLink to={paths.certificate()} variant="default">
          {t('home.certificateAction')}
        </ButtonLink>
      ),
    },
  ]
  return <TodoList label={t('home.todo')} items={items} />
}

/** Operations that went wrong and wait for a person. */
function useStuckOperations(): Todo[] {
  const { t } = useTranslation()
  const title = useOperationTitle()
  const operations = useInfiniteQuery(operationsQuery()).data?.pages[0]?.items ?? []
  return operations
    .filter((operation) => operation.state === 'needs-attention')
    .map((operation) => ({
      key: operation.id,
      title: title(operation),
      text: t('operations.stuck'),
      isDone: false,
      action: (
        <ButtonLink to={paths.operation(operation.id)} variant="default">
          {t('operations.details')}
        </ButtonLink>
      ),
    }))
}
