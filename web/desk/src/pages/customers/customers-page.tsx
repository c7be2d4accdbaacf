import { Text } from '@mantine/core'
import {
  ButtonLink,
  DataTable,
  EmptyState,
  MoreButton,
  Page,
  QueryView,
  SearchInput,
  TextLink,
  useSearchText,
} from '@platen/ui'
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
      <QueryView query={query}>
        {(data) => {
          const customers = data.pages.flatMap((page) => page.items)
          if (customers.length === 0 && search !== '') return <EmptyState title={t('customers.noMatch', { search })} />
          if (customers.length === 0) {
            return (
              <EmptyState
                title={t('customers.none')}
                action={<ButtonLink to={paths.newCustomer()}>{t('home.customer')}</ButtonLink>}
              >
                {t('customers.noneText')}
              </EmptyState>
            )
          }
          return (
            <DataTable
              label={t('customers.title')}
              rows={customers}
              rowKey={(customer) => customer.id}
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
          )
        }}
      </QueryView>
      <MoreButton query={query} />
    </Page>
  )
}
