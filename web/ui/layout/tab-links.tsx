import { RouterLink } from './router-link.tsx'
import classes from './tab-links.module.css'

/** The pages of one thing. Links, not tabs: each has an address of its own. */
export function TabLinks({ label, items }: { label: string; items: readonly { to: string; label: string }[] }) {
  return (
    <nav aria-label={label} className={classes.tabs} ref={showCurrent}>
      {items.map((item) => (
        <RouterLink key={item.to} to={item.to} className={classes.tab}>
          {item.label}
        </RouterLink>
      ))}
    </nav>
  )
}

/** On a phone the tabs scroll sideways: the current one must not be out of sight. */
function showCurrent(nav: HTMLElement | null): void {
  const current = nav?.querySelector<HTMLElement>('[aria-current]')
  if (nav && current) nav.scrollLeft = current.offsetLeft - nav.offsetLeft - 40
}
