import { useTranslation } from 'react-i18next'
import type { Site, SiteActionName } from '../../../api/types.ts'

/** Why an action is not possible: in the reader's language where we know the state, else as the server put it. */
export function useReason(site: Site, name: SiteActionName): string | null {
  const { t } = useTranslation()
  const action = site.actions.find((candidate) => candidate.name === name)
  if (!action) return t('site.reason.unknown')
  if (action.allowed) return null
  const because = site.operation === null ? `site.reason.${name}` : 'site.reason.busy'
  return t(because, { defaultValue: action.reason ?? t('site.reason.unknown') })
}
