/** Why a name cannot become an address, for a hint while typing. The server's rule (manager/src/sites/site-name.ts) decides. */
export type SiteNameObjection = 'empty' | 'long' | 'characters' | 'edges' | 'encoded'

export function siteNameObjection(name: string): SiteNameObjection | null {
  if (name === '') return 'empty'
  if (name.length > 63) return 'long'
  if (!/^[a-z0-9-]+$/.test(name)) return 'characters'
  if (name.startsWith('-') || name.endsWith('-')) return 'edges'
  if (name.slice(2, 4) === '--') return 'encoded'
  return null
}

/** The nearest name that can: "Café du Port" becomes "cafe-du-port". Empty when nothing is left. */
export function suggestSiteName(typed: string): string {
  return typed
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '')
}

/** Where a site of this name will answer, given where the console does. */
export function siteAddress(name: string, zone: string, consoleUrl: string): string {
  const { port } = new URL(consoleUrl)
  return `https://${name}.${zone}${port === '' ? '' : `:${port}`}`
}
