import { Alert, Button } from '@mantine/core'
import { api, Panel, ProblemAlert, useFormat } from '@platen/ui'
import { IconShieldCheck, IconShieldX } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { AuditVerification } from '../api/types.ts'

/** Compares the trail with its seals when somebody asks, and says in words what came out. */
export function VerifyPanel() {
  const { t } = useTranslation()
  const verify = useMutation({ mutationFn: () => api.send<AuditVerification>('POST', '/audit-verifications') })
  return (
    <Panel
      title={t('audit.verifyTitle')}
      description={t('audit.verifyText')}
      action={
        <Button variant="default" loading={verify.isPending} onClick={() => verify.mutate()}>
          {t('audit.verify')}
        </Button>
      }
    >
      <ProblemAlert error={verify.error} />
      <div role="status">{verify.data !== undefined && <Outcome outcome={verify.data} />}</div>
    </Panel>
  )
}

function Outcome({ outcome: { ok, checked, firstBad, unsealed, anchors } }: { outcome: AuditVerification }) {
  const { t } = useTranslation()
  const format = useFormat()
  const sentences = [
    t('audit.checked', { count: checked }),
    ...(firstBad === null ? [] : [badSentence(firstBad)]),
    ...(unsealed === 0 ? [] : [t('audit.tail', { count: unsealed })]),
    anchors.lastAt === null
      ? t('audit.noAnchor')
      : t('audit.anchors', { count: anchors.checked, last: format.ago(anchors.lastAt) }),
  ]
  function badSentence({ entryId, at, why }: NonNullable<AuditVerification['firstBad']>): string {
    const cause = t(`auditFault.${why}`, { defaultValue: why })
    const when = at === null ? '' : format.dateTime(at)
    return t('audit.firstBad', { cause, when, entry: entryId ?? '–' })
  }
  return (
    <Alert
      variant="light"
      color={ok ? 'green' : 'red'}
      icon={ok ? <IconShieldCheck size={18} /> : <IconShieldX size={18} />}
      title={t(ok ? 'audit.whole' : 'audit.broken')}
    >
      {sentences.join(' ')}
    </Alert>
  )
}
