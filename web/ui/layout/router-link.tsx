import { useRouterState } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, MouseEvent, Ref } from 'react'
import { useGo } from './addresses.ts'

export interface RouterLinkProps extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  to: string
  /** Mark as the current page also below this address. */
  section?: boolean | undefined
  /** Mark as the current page at and below these addresses too. */
  covers?: readonly string[] | undefined
  ref?: Ref<HTMLAnchorElement>
}

/**
 * A link inside the app. It takes a finished address from the app's paths.ts (the only place that knows routes) and leaves
 * new tabs, downloads and middle clicks to the browser.
 */
export function RouterLink({ to, section, covers = [], onClick, children, ...rest }: RouterLinkProps) {
  const go = useGo()
  const pathname = useRouterState({ select: (state) => state.location.pathname })
  const target = to.split(/[?#]/)[0] ?? to
  const isCurrent =
    pathname === target || (section === true ? [target, ...covers] : covers).some((one) => isAtOrBelow(pathname, one))
  function follow(event: MouseEvent<HTMLAnchorElement>): void {
    onClick?.(event)
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    event.preventDefault()
    go.push(to)
  }
  return (
    <a {...rest} href={to} aria-current={isCurrent ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  )
}

function isAtOrBelow(pathname: string, address: string): boolean {
  return pathname === address || pathname.startsWith(`${address}/`)
}
