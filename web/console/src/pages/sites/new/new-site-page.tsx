import { Button, Group, Stack, TextInput } from '@mantine/core'
import {
  api,
  ApiCall,
  Page,
  Panel,
  placeFieldProblems,
  ProblemAlert,
  ProblemError,
  QueryView,
  TextLink,
  useTextForm,
  useGo,
} from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery, operationQuery, plansQuery, setupQuery } from '../../../api/queries.ts'
import type { Me, Plan, Setup, SiteWork } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { siteNameObjection } from '../../../sites/site-name.ts'
import { NameField } from './name-field.tsx'
import { PlanCards } from './plan-cards.tsx'

export function NewSitePage() {
  const { t } = useTranslation()
  const me = useQuery(meQuery)
  const plans = useQuery(plansQuery)
  const setup = useQuery(setupQuery)
  return (
    <Page
      title={t('newSite.title')}
      description={t('newSite.intro')}
      back={<TextLink to={paths.sites()}>{t('sites.title')}</TextLink>}
    >
      <QueryView query={me}>
        {(account) => (
          <QueryView query={plans}>
            {({ items }) => (
              <QueryView query={setup}>
                {(platform) => <NewSiteForm me={account} plans={items} setup={platform} />}
              </QueryView>
            )}
          </QueryView>
        )}
      </QueryView>
    </Page>
  )
}

function NewSiteForm({ me, plans, setup }: { me: Me; plans: Plan[]; setup: Setup }) {
  const { t } = useTranslation()
  const go = useGo()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  // One key per form: pressing twice, or again after an outage, makes one site.
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID())
  const form = useTextForm({
    initial: { name: '', plan: plans[0]?.name ?? '', adminEmail: me.user.email },
    draftKey: 'site:new',
    rules: (values) => {
      const objection = siteNameObjection(values.name)
      return {
        name: objection === null ? undefined : t(`siteName.${objection}`),
        adminEmail: /^\S+@\S+$/.test(values.adminEmail.trim()) ? undefined : t('form.email'),
      }
    },
  })
  const body = {
    name: form.values.name,
    ...(form.values.plan === '' ? {} : { plan: form.values.plan }),
    adminEmail: form.values.adminEmail.trim(),
  }
  const create = useMutation({
    mutationFn: () => api.send<SiteWork>('POST', '/sites', body, { idempotencyKey }),
    onSuccess({ operation }) {
      form.clearDraft()
      client.setQueryData(operationQuery(operation.id).queryKey, operation)
      void client.invalidateQueries({ queryKey: ['sites'] })
      go.push(paths.operation(operation.id))
    },
    onError(error) {
      setLeft(placeFieldProblems(form, error, { '/name': 'name', '/adminEmail': 'adminEmail', '/plan': 'plan' }))
      // A refusal is over; after silence the same key finds out whether the site was made.
      if (error instanceof ProblemError) setKey(crypto.randomUUID())
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) create.mutate()
      }}
    >
      <Stack gap="lg">
        <ProblemAlert error={left} />
        <Panel title={t('newSite.addressTitle')}>
          <NameField form={form} setup={setup} />
        </Panel>
        <Panel title={t('newSite.planTitle')}>
          <PlanCards plans={plans} value={form.values.plan} onChange={(plan) => form.setValue('plan', plan)} />
        </Panel>
        <Panel title={t('newSite.adminTitle')} description={t('newSite.adminText')}>
          <TextInput
            label={t('newSite.adminEmail')}
            type="email"
            autoComplete="email"
            maw={420}
            required
            {...form.field('adminEmail')}
          />
        </Panel>
        <Group>
          <Button type="submit" size="md" loading={create.isPending}>
            {t('newSite.submit')}
          </Button>
        </Group>
        <ApiCall method="POST" path="/sites" body={body} />
      </Stack>
    </form>
  )
}
