import { StateBadge } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Site } from '../api/types.ts'

const tones: Record<string, Tone> = {
  pending: 'work',
  installing: 'work',
  updating: 'work',
  recovering: 'work',
  active: 'ok',
  suspended: 'warn',
  broken: 'bad',
}

/** A site's state. Active is green only while the last probe through its public address succeeded. */
export function SiteState({ site }: { site: Pick<Site, 'state' | 'probe'> }) {
  const { t } = useTranslation()
  if (site.state === 'active' && site.probe?.ok === false)
    return <StateBadge tone="bad" label={t('siteState.unreachable')} />
  return (
    <StateBadge tone={tones[site.state] ?? 'idle'} label={t(`siteState.${site.state}`, { defaultValue: site.state })} />
  )
}
