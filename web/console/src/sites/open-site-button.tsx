import type { ButtonProps } from '@mantine/core'
import { ActionButton, ApiCall, ProblemAlert } from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { IconExternalLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { openSite } from '../api/open-site.ts'

/** Opens a site in a new tab, signed in. `reason` is why it cannot be opened now. */
export function OpenSiteButton({
  id,
  label,
  reason = null,
  ...rest
}: ButtonProps & { id: string; label?: string; reason?: string | null }) {
  const { t } = useTranslation()
  const open = useMutation({ mutationFn: () => openSite(id) })
  return (
    <>
      <ActionButton
        label={label ?? t('site.action.open')}
        reason={reason}
        loading={open.isPending}
        leftSection={<IconExternalLink size={16} />}
        onClick={() => open.mutate()}
        {...rest}
      />
      <ProblemAlert error={open.error} />
    </>
  )
}

export function OpenSiteCall({ id }: { id: string }) {
  return <ApiCall method="POST" path={`/sites/${id}/admin-tickets`} />
}
