import { Button } from '@mantine/core'
import { Panel } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeApiToken } from '../api/types.ts'
import { AccountFrame } from './account-frame.tsx'
import { MadeToken } from './tokens/made-token.tsx'
import { NewTokenDialog } from './tokens/new-token-dialog.tsx'
import { TokensTable } from './tokens/tokens-table.tsx'

/** Tokens by which programs use the API for oneself. */
export function TokensPage() {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  const [made, setMade] = useState<MadeApiToken | null>(null)
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setOpen(true)}>
      {t('tokens.new')}
    </Button>
  )
  return (
    <AccountFrame title={t('myAccount.tokens')}>
      <Panel title={t('tokens.title')} description={t('tokens.text')} action={make}>
        {made !== null && <MadeToken made={made} onClose={() => setMade(null)} />}
        <TokensTable />
      </Panel>
      {isOpen && <NewTokenDialog onClose={() => setOpen(false)} onMade={setMade} />}
    </AccountFrame>
  )
}
