import { Button, Text } from '@mantine/core'
import { api, ApiCall, notifySuccess, Panel, QueryView } from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupPolicy } from '../../api/types.ts'
import { plansQuery } from '../../api/queries.ts'
import type { Plan } from '../../api/types.ts'
import { PolicyForm } from '../../backups/policy-form.tsx'
import { usePolicyText } from '../../backups/use-policy-text.ts'
import classes from './settings-page.module.css'

/** When the sites of each plan are backed up, unless a site has a policy of its own. */
export function PlanPolicies() {
  const { t } = useTranslation()
  return (
    <Panel title={t('settings.policies')} description={t('settings.policiesText')}>
      <QueryView query={useQuery(plansQuery)}>
        {({ items }) => (
          <ul className={classes.list}>
            {items.map((plan) => (
              <PlanPolicy key={plan.id} plan={plan} />
            ))}
          </ul>
        )}
      </QueryView>
      <ApiCall method="GET" path="/plans" />
    </Panel>
  )
}

function PlanPolicy({ plan }: { plan: Plan }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const policyText = usePolicyText()
  const [isEditing, setEditing] = useState(false)
  const change = useMutation({
    mutationFn: (policy: BackupPolicy) => api.send<unknown>('PUT', `/plans/${plan.id}/backup-schedule`, policy),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: plansQuery.queryKey })
      void client.invalidateQueries({ queryKey: ['sites'] })
      setEditing(false)
      notifySuccess(t('schedule.saved'))
    },
  })
  return (
    <li className={classes.item}>
      <div className={classes.words}>
        <Text fw={600}>{plan.title}</Text>
        <Text size="sm" c="dimmed">
          {policyText(plan.backupPolicy)}
        </Text>
      </div>
      {isEditing ? (
        <div className={classes.form}>
          <PolicyForm
            initial={plan.backupPolicy}
            isWorking={change.isPending}
            error={change.error}
            onSave={(policy) => change.mutate(policy)}
            onCancel={() => setEditing(false)}
          />
        </div>
      ) : (
        <Button
          variant="default"
          aria-label={t('settings.changeOf', { plan: plan.title })}
          onClick={() => setEditing(true)}
        >
          {t('schedule.change')}
        </Button>
      )}
    </li>
  )
}
