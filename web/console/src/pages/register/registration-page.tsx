import { Button } from '@mantine/core'
import { EntryPage, forgetPerson, LinkRefused, useLinkToken } from '@platen/people'
import { api, useGo } from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../../paths.ts'

/** Where the link of a registration leads. A press of the button redeems it: programs that look at mails follow links, they press nothing. */
export function RegistrationPage() {
  const { t } = useTranslation()
  const go = useGo()
  const token = useLinkToken()
  const redeem = useMutation({
    mutationFn: () => api.signIn('/auth/register/redemption', { token }),
    onSuccess() {
      forgetPerson()
      go.replace(paths.home())
    },
  })
  if (token === null || redeem.isError)
    return <LinkRefused error={redeem.error} again={paths.register()} againLabel={t('register.title')} />
  return (
    <EntryPage title={t('register.confirmTitle')} intro={t('register.confirmText')}>
      <Button size="md" fullWidth loading={redeem.isPending} onClick={() => redeem.mutate()}>
        {t('register.confirm')}
      </Button>
    </EntryPage>
  )
}
