import type { WebhookPlace } from '@platen/kit/webhooks'
import type { ServedSite } from '../sites/index.ts'

/** Where those who deliver find what is due; the site stays open meanwhile. */
export const webhooksOf = (site: ServedSite): WebhookPlace => ({
  place: { siteId: site.snapshot.id },
  open() {
    const close = site.enter('platform')
    const { db, vault } = site.resources()
    return { db, vault, close }
  },
})
