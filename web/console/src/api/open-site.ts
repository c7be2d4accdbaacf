import { api } from '@platen/ui'

/**
 * Opens a site, signed in, through a single-use ticket. The tab is opened at once, while the click still allows it, and sent
 * to the site when the ticket is there; without a tab (pop-ups forbidden) this one goes.
 */
export async function openSite(id: string): Promise<void> {
  const tab = window.open('', '_blank')
  try {
    const { url } = await api.send<{ url: string }>('POST', `/sites/${id}/admin-tickets`)
    rememberOpened()
    if (!tab) return window.location.assign(url)
    tab.opener = null
    tab.location.replace(url)
  } catch (error) {
    tab?.close()
    throw error
  }
}

const openedKey = 'platen-site-opened'

/** Whether a site was ever opened from this browser: a line of the to-do list, not a fact of the platform. */
export function wasSiteOpened(): boolean {
  try {
    return localStorage.getItem(openedKey) !== null
  } catch {
    return false
  }
}

function rememberOpened(): void {
  try {
    localStorage.setItem(openedKey, new Date().toISOString())
  } catch {
    // Storage may be forbidden; the to-do line then stays.
  }
}
