import { siteLog } from '../../../logs/log-queries.ts'
import { LogView } from '../../../logs/log-view.tsx'
import { SiteFrame } from './site-frame.tsx'

/** What was logged about a site, by the processes that serve it. */
export function SiteLogsPage() {
  return <SiteFrame>{(site) => <LogView source={siteLog(site.id)} />}</SiteFrame>
}
