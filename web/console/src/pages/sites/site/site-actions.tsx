import { Group, Text } from '@mantine/core'
import { ActionButton, ApiCall, ConfirmDialog } from '@platen/ui'
import { IconPlayerPause, IconPlayerPlay, IconRefresh } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../api/types.ts'
import { OpenSiteButton } from '../../../sites/open-site-button.tsx'
import { SuspendDialog } from './suspend-dialog.tsx'
import { useReason } from './use-reason.ts'
import { useSiteAction } from './use-site-action.ts'

/** What can be done with a site now; what cannot says why. The server's table decides. */
export function SiteActions({ site }: { site: Site }) {
  const { t } = useTranslation()
  const [asked, setAsked] = useState<'suspend' | 'resume' | 'restart' | null>(null)
  const restart = useSiteAction(site, 'POST', 'restarts', () => setAsked(null))
  const resume = useSiteAction(site, 'DELETE', 'suspension', () => setAsked(null))
  const close = () => setAsked(null)
  return (
    <>
      <Group gap="sm" mb="md">
        <OpenSiteButton id={site.id} reason={useReason(site, 'open')} />
        <ActionButton
          variant="default"
          label={t('site.action.restart')}
          reason={useReason(site, 'restart')}
          leftSection={<IconRefresh size={16} />}
          onClick={() => setAsked('restart')}
        />
        <ActionButton
          variant="default"
          label={t('site.action.suspend')}
          reason={useReason(site, 'suspend')}
          leftSection={<IconPlayerPause size={16} />}
          onClick={() => setAsked('suspend')}
        />
        <ActionButton
          variant="default"
          label={t('site.action.resume')}
          reason={useReason(site, 'resume')}
          leftSection={<IconPlayerPlay size={16} />}
          onClick={() => setAsked('resume')}
        />
      </Group>
      <ApiCall method="PUT" path={`/sites/${site.id}/suspension`} body={{}} />
      <SuspendDialog site={site} opened={asked === 'suspend'} onClose={close} />
      <ConfirmDialog
        opened={asked === 'resume'}
        onClose={close}
        title={t('site.resumeTitle', { name: site.name })}
        confirmLabel={t('site.action.resume')}
        isWorking={resume.isPending}
        error={resume.error}
        onConfirm={() => resume.mutate(undefined)}
      >
        <Text>{t('site.resumeText')}</Text>
      </ConfirmDialog>
      <ConfirmDialog
        opened={asked === 'restart'}
        onClose={close}
        title={t('site.restartTitle', { name: site.name })}
        confirmLabel={t('site.action.restart')}
        isWorking={restart.isPending}
        error={restart.error}
        onConfirm={() => restart.mutate(undefined)}
      >
        <Text>{t('site.restartText')}</Text>
      </ConfirmDialog>
    </>
  )
}
