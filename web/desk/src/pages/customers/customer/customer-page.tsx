import { Button, Group, Stack } from '@mantine/core'
import {
  api,
  ApiCall,
  ButtonLink,
  DraftNotice,
  notifySuccess,
  Page,
  placeFieldProblems,
  ProblemAlert,
  QueryView,
  TextLink,
  usePathParameter,
  useGo,
} from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { customerQuery } from '../../../api/queries.ts'
import type { Customer } from '../../../api/types.ts'
import { CustomerFields } from '../../../customers/customer-fields.tsx'
import { customerInput, useCustomerFields, useCustomerForm } from '../../../customers/customer-form.ts'
import { paths } from '../../../paths.ts'

export function NewCustomerPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('customers.new')} back={<TextLink to={paths.customers()}>{t('customers.title')}</TextLink>}>
      <CustomerEditor customer={null} />
    </Page>
  )
}

export function CustomerPage() {
  const { t } = useTranslation()
  const id = usePathParameter('id')
  return (
    <QueryView query={useQuery(customerQuery(id))}>
      {(customer) => (
        <Page
          title={customer.name}
          back={<TextLink to={paths.customers()}>{t('customers.title')}</TextLink>}
          action={
            <ButtonLink variant="default" to={`${paths.newOrder()}?customer=${customer.id}`}>
              {t('orders.new')}
            </ButtonLink>
          }
        >
          {/* A saved change makes a new form: what is typed belongs to the version it was typed on. */}
          <CustomerEditor key={`${customer.id} ${customer.version}`} customer={customer} />
        </Page>
      )}
    </QueryView>
  )
}

function CustomerEditor({ customer }: { customer: Customer | null }) {
  const { t } = useTranslation()
  const go = useGo()
  const client = useQueryClient()
  const form = useCustomerForm(customer)
  const fields = useCustomerFields()
  const [left, setLeft] = useState<unknown>(null)
  const input = customerInput(form.values)
  const save = useMutation({
    mutationFn: () =>
      customer === null
        ? api.send<Customer>('POST', '/customers', input)
        : api.send<Customer>('PATCH', `/customers/${customer.id}`, input, { version: customer.version }),
    onSuccess(saved) {
      form.clearDraft()
      client.setQueryData(customerQuery(saved.id).queryKey, saved)
      void client.invalidateQueries({ queryKey: ['customers', 'list'] })
      notifySuccess(t(customer === null ? 'customer.created' : 'customer.saved', { name: saved.name }))
      if (customer === null) go.push(paths.customer(saved.id))
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, fields)),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) save.mutate()
      }}
    >
      <Stack gap="lg">
        {form.isRestored && <DraftNotice onDiscard={form.reset} />}
        <ProblemAlert error={left} />
        <CustomerFields form={form} />
        <Group>
          <Button type="submit" loading={save.isPending}>
            {t(customer === null ? 'customer.create' : 'action.save')}
          </Button>
        </Group>
        {customer === null && <ApiCall method="POST" path="/customers" body={input} />}
      </Stack>
    </form>
  )
}
