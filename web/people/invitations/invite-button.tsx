import { ActionButton } from '@platen/ui'
import { IconUserPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../app/use-may.ts'
import { InviteDialog } from './invite-dialog.tsx'

export function InviteButton() {
  const { t } = useTranslation()
  const may = useMay()
  const [isOpen, setOpen] = useState(false)
  return (
    <>
      <ActionButton
        label={t('invite.action')}
        reason={may('users.write') ? null : t('people.mayNot')}
        leftSection={<IconUserPlus size={16} />}
        onClick={() => setOpen(true)}
      />
      {isOpen && <InviteDialog onClose={() => setOpen(false)} />}
    </>
  )
}
