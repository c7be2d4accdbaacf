import { Loader } from '@mantine/core'
import { api } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { InspectedInvitation } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'
import { AcceptInvitation } from './accept-invitation.tsx'
import { EntryPage } from './entry-page.tsx'
import { LinkRefused } from './link-refused.tsx'
import { useLinkToken } from './link-token.ts'

/** Where an invitation leads: says who invites to what, and takes the name and password of whoever comes. */
export function InvitationPage() {
  const { t } = useTranslation()
  const token = useLinkToken()
  const invitation = useQuery({
    queryKey: ['invitation-inspection', token],
    queryFn: () => api.send<InspectedInvitation>('POST', '/auth/invitations/inspection', { token }),
    enabled: token !== null,
    staleTime: Infinity,
    refetchOnWindowFocus: false,
  })
  if (token === null || invitation.isError) {
    return <LinkRefused error={invitation.error} again={peoplePaths.login()} againLabel={t('signIn.submit')} />
  }
  if (invitation.data === undefined) {
    return (
      <EntryPage title={t('accept.working')}>
        <Loader mt="lg" aria-label={t('accept.working')} />
      </EntryPage>
    )
  }
  return <AcceptInvitation key={token} token={token} invitation={invitation.data} />
}
