import { FilterSelect, SearchInput, Toolbar, useQueryParameter, useSearchText } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { AdministrationPage } from '../app/administration.tsx'
import { InvitationsPanel } from '../invitations/invitations-panel.tsx'
import { InviteButton } from '../invitations/invite-button.tsx'
import { UsersTable } from './users-table.tsx'

/** Everybody who works here, and who is invited to. */
export function PeoplePage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const state = useQueryParameter('state') ?? ''
  return (
    <AdministrationPage title={t('people.title')} description={t('people.intro')} action={<InviteButton />}>
      <Toolbar>
        <SearchInput label={t('people.search')} />
        <FilterSelect
          name="state"
          label={t('people.filter')}
          options={[
            { value: '', label: t('people.everybody') },
            { value: 'active', label: t('people.state.active') },
            { value: 'disabled', label: t('people.state.disabled') },
          ]}
        />
      </Toolbar>
      <UsersTable search={search} state={state} />
      <InvitationsPanel />
    </AdministrationPage>
  )
}
