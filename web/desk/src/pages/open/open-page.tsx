import { Button, Group, Loader, Stack } from '@mantine/core'
import { api, ButtonLink, ConnectionBanner, ConnectionError, ProblemAlert, PublicPage, useGo } from '@platen/ui'
import type { TokenAnswer } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { NewPasswordForm } from '@platen/people'
import { paths } from '../../paths.ts'

interface TicketAnswer extends TokenAnswer {
  mustSetPassword: boolean
}

/** Taken out of the address as soon as this module loads: it must not stay in the history. */
const ticket = new URLSearchParams(window.location.hash.slice(1)).get('ticket')
if (ticket !== null) window.history.replaceState(window.history.state, '', window.location.pathname)

/** Arrival from the console: a single-use ticket becomes a session, then a password may be chosen. */
export function OpenPage() {
  const { t } = useTranslation()
  const go = useGo()
  // A ticket works once: the answer is kept, never asked for again. Silence is asked again, the ticket may not have arrived.
  const entry = useQuery({
    queryKey: ['ticket'],
    async queryFn() {
      const answer = await api.signIn<TicketAnswer>('/auth/tickets', { ticket })
      if (!answer.mustSetPassword) go.replace(paths.home())
      return answer
    },
    enabled: ticket !== null,
    staleTime: Infinity,
    gcTime: Infinity,
    retry: (count, error) => count < 3 && error instanceof ConnectionError,
    refetchOnWindowFocus: false,
  })
  const isRefused = ticket === null || entry.isError
  const goHome = () => go.replace(paths.home())
  const banner = <ConnectionBanner connection={api.connection} />
  if (entry.data?.mustSetPassword === true) {
    return (
      <PublicPage brand={t('brand')} title={t('open.password')} intro={t('open.passwordText')} banner={banner}>
        <NewPasswordForm submitLabel={t('open.setPassword')} onDone={goHome} />
        <Group justify="center" mt="md">
          <Button variant="subtle" onClick={goHome}>
            {t('open.later')}
          </Button>
        </Group>
      </PublicPage>
    )
  }
  return (
    <PublicPage brand={t('brand')} title={t(isRefused ? 'open.failed' : 'open.title')} banner={banner}>
      <Stack mt="md">
        {!isRefused && <Loader aria-label={t('open.title')} />}
        <ProblemAlert error={entry.error} />
        {isRefused && (
          <>
            {t('open.again')}
            <ButtonLink to={paths.login()}>{t('signIn.submit')}</ButtonLink>
          </>
        )}
      </Stack>
    </PublicPage>
  )
}
