import { Button, Progress } from '@mantine/core'
import {
  ApiCall,
  Page,
  Panel,
  PropertyList,
  QueryView,
  TextLink,
  DateTime,
  useFormat,
  useNow,
  usePathParameter,
} from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isOver } from '../../../api/queries.ts'
import type { Operation } from '../../../api/types.ts'
import { useLiveOperation } from '../../../api/use-live-operation.ts'
import { OperationActions } from '../../../operations/operation-actions.tsx'
import { OperationChecklist } from '../../../operations/operation-checklist.tsx'
import { OperationState } from '../../../operations/operation-state.tsx'
import { useOperationTitle } from '../../../operations/use-operation-title.ts'
import { paths } from '../../../paths.ts'
import { LogDrawer } from './log-drawer.tsx'
import { Outcome } from './outcome.tsx'

export function OperationPage() {
  const id = usePathParameter('id')
  const query = useLiveOperation(id)
  return <QueryView query={query}>{(operation) => <OperationView key={id} operation={operation} />}</QueryView>
}

function OperationView({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const title = useOperationTitle()(operation)
  const [isLogOpen, setLogOpen] = useState(false)
  const isSite =
    operation.subject.kind === 'site' && !(operation.type === 'drop-site' && operation.state === 'succeeded')
  return (
    <Page
      title={title}
      badge={<OperationState state={operation.state} />}
      back={
        <TextLink to={isSite ? paths.site(operation.subject.id) : paths.operations()}>
          {isSite ? t('operations.toSite') : t('operations.title')}
        </TextLink>
      }
      action={
        <Button variant="default" onClick={() => setLogOpen(true)}>
          {t('operations.log')}
        </Button>
      }
    >
      <Outcome operation={operation} />
      <OperationActions operation={operation} />
      <Panel title={t('operations.steps')} action={<Elapsed operation={operation} />}>
        <Progress
          value={isOver(operation) ? 100 : operation.progress * 100}
          size={6}
          mb="md"
          aria-label={t('operations.progress')}
          color={operation.state === 'failed' ? 'red' : 'petrol'}
        />
        <OperationChecklist operation={operation} />
      </Panel>
      <Panel title={t('operations.details')}>
        <PropertyList
          items={[
            { label: t('operations.who'), value: operation.actor?.label ?? t('operations.platform') },
            { label: t('operations.asked'), value: <DateTime iso={operation.createdAt} /> },
            { label: t('operations.number'), value: operation.id },
          ]}
        />
      </Panel>
      <ApiCall method="GET" path={`/operations/${operation.id}/events`} />
      <LogDrawer operation={operation} opened={isLogOpen} onClose={() => setLogOpen(false)} />
    </Page>
  )
}

function Elapsed({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const format = useFormat()
  const now = useNow(!isOver(operation))
  const end = operation.endedAt === null ? now : new Date(operation.endedAt).getTime()
  return (
    <span>{t('operations.total', { duration: format.duration(end - new Date(operation.createdAt).getTime()) })}</span>
  )
}
