import { Loader } from '@mantine/core'
import { api, ButtonLink, ConnectionError } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { EntryPage } from './entry-page.tsx'
import { LinkRefused } from './link-refused.tsx'
import { useLinkToken } from './link-token.ts'

/** Confirms an address by the link that was mailed to it. */
export function VerifyAddressPage() {
  const { t } = useTranslation()
  const token = useLinkToken()
  // A link works once: the answer is kept, never asked for again. Silence is asked again, the token may not have arrived.
  const verified = useQuery({
    queryKey: ['address-verification', token],
    async queryFn() {
      await api.send('POST', '/auth/address-verifications/redemption', { token })
      return true
    },
    enabled: token !== null,
    staleTime: Infinity,
    gcTime: Infinity,
    retry: (count, error) => count < 3 && error instanceof ConnectionError,
    refetchOnWindowFocus: false,
  })
  if (token === null || verified.isError) {
    return <LinkRefused error={verified.error} again="/" againLabel={t('verify.goOn')} />
  }
  return (
    <EntryPage title={t(verified.isSuccess ? 'verify.done' : 'verify.working')}>
      {verified.isSuccess ? (
        <ButtonLink to="/" mt="lg">
          {t('verify.goOn')}
        </ButtonLink>
      ) : (
        <Loader mt="lg" aria-label={t('verify.working')} />
      )}
    </EntryPage>
  )
}
