import { Button } from '@mantine/core'
import { api, notifySuccess, ProblemAlert } from '@platen/ui'
import { IconMail } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

/** Has the link sent that confirms one's address; an address that is confirmed already says so. */
export function VerifyAddressButton({ email }: { email: string }) {
  const { t, i18n } = useTranslation()
  const send = useMutation({
    mutationFn: () => api.send('POST', '/auth/address-verifications'),
    onSuccess: () => notifySuccess(i18n.t('myAccount.verificationSent', { email })),
  })
  return (
    <>
      <ProblemAlert error={send.error} />
      <Button
        variant="default"
        mt="md"
        leftSection={<IconMail size={16} />}
        loading={send.isPending}
        onClick={() => send.mutate()}
      >
        {t('myAccount.verifyAddress')}
      </Button>
    </>
  )
}
