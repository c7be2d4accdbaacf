import { Text } from '@mantine/core'
import { ButtonLink, EmptyState, ListView, Page, SearchInput, TextLink, useSearchText } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { customersQuery } from '../../api/queries.ts'
import { paths } from '../../paths.ts'

export function CustomersPage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const query = useInfiniteQuery(customersQuery(search))
  const create = (
    <ButtonLink to={paths.newCustomer()} leftSection={<IconPlus size={16} />}>
      {t('customers.new')}
    </ButtonLink>
  )
  return (
    <Page title={t('customers.title')} action={create}>
      <SearchInput label={t('customers.search')} />
      <ListView
        query={query}
        label={t('customers.title')}
        rowKey={(customer) => customer.id}
        empty={<Empty search={search} />}
        columns={[
          {
            key: 'name',
            header: t('customer.name'),
            render: (customer) => (
              <>
                <TextLink to={paths.customer(customer.id)}>{customer.name}</TextLink>
                <Text size="sm" c="dimmed">
                  {t(customer.kind === 'company' ? 'customer.company' : 'customer.person')}
                </Text>
              </>
            ),
          },
          { key: 'city', header: t('customer.city'), render: (customer) => customer.billingAddress?.city ?? '–' },
          {
            key: 'email',
            header: t('form.emailLabel'),
            secondary: true,
            render: (customer) => customer.email ?? '–',
          },
        ]}
      />
    </Page>
  )
}

function Empty({ search }: { search: string }) {
  const { t } = useTranslation()
  if (search !== '') return <EmptyState title={t('customers.noMatch', { search })} />
  return (
    <EmptyState
      title={t('customers.none')}
      action={<ButtonLink to={paths.newCustomer()}>{t('home.customer')}</ButtonLink>}
    >
      {t('customers.noneText')}
    </EmptyState>
  )
}
