/**
 * Sets the stored colour scheme before the first render, so that a dark page does not flash white. Mantine's own script for it
 * is inline and our content security policy has none.
 */
export function applyStoredTheme(): void {
  let stored: string | null = null
  try {
    stored = localStorage.getItem('mantine-color-scheme-value')
  } catch {
    // Storage may be forbidden: the system's scheme then decides.
  }
  const isDark = stored === 'dark' || (stored !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset['mantineColorScheme'] = isDark ? 'dark' : 'light'
}
