import { Alert, Group, Text } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import { ButtonLink, ProblemAlert } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Operation } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { OpenSiteButton, OpenSiteCall } from '../../../sites/open-site-button.tsx'

/** What came of it, and the one thing to do next. */
export function Outcome({ operation }: { operation: Operation }) {
  const { t } = useTranslation()
  const name = operation.subject.label ?? ''
  if (operation.state === 'failed' || operation.state === 'needs-attention') {
    return (
      <ProblemAlert
        error={
          operation.problem ?? { code: `operation-${operation.state}`, title: t(`operationState.${operation.state}`) }
        }
      >
        <Text size="sm" mt={4}>
          {t(operation.state === 'failed' ? 'operations.unwound' : 'operations.stuck')}
        </Text>
        {operation.type === 'create-site' && operation.state === 'failed' && (
          <ButtonLink to={paths.newSite()} size="compact-md" mt="sm">
            {t('operations.createAgain')}
          </ButtonLink>
        )}
      </ProblemAlert>
    )
  }
  if (operation.state !== 'succeeded' || operation.subject.kind !== 'site') return null
  const isNew = operation.type === 'create-site'
  return (
    <Alert
      role="status"
      color="green"
      variant="light"
      icon={<IconCircleCheck size={20} />}
      title={t(isNew ? 'operations.siteReady' : 'operations.succeeded', { name })}
    >
      {isNew && (
        <>
          <Text size="sm" mb="sm">
            {t('operations.siteReadyText')}
          </Text>
          <Group mb="sm">
            <OpenSiteButton id={operation.subject.id} label={t('operations.openYourSite')} size="md" />
          </Group>
          <OpenSiteCall id={operation.subject.id} />
        </>
      )}
    </Alert>
  )
}
