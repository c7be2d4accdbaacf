import { Panel, TextLink } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { useLiveOperation } from '../api/use-live-operation.ts'
import { paths } from '../paths.ts'
import { OperationChecklist } from './operation-checklist.tsx'
import { useOperationTitle } from './use-operation-title.ts'

/** What is being done right now, step by step. */
export function RunningOperation({ id }: { id: string }) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  const operation = useLiveOperation(id).data
  if (!operation) return null
  return (
    <Panel title={title(operation)} action={<TextLink to={paths.operation(id)}>{t('operations.details')}</TextLink>}>
      <OperationChecklist operation={operation} />
    </Panel>
  )
}
