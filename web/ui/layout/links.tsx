import { Anchor, Button } from '@mantine/core'
import type { ButtonProps } from '@mantine/core'
import type { ReactNode } from 'react'
import { RouterLink } from './router-link.tsx'

export function TextLink({
  to,
  children,
  className,
}: {
  to: string
  children: ReactNode
  className?: string | undefined
}) {
  return (
    <Anchor component={RouterLink} to={to} className={className ?? ''} underline="hover">
      {children}
    </Anchor>
  )
}

/** A button that goes somewhere, for the one main action of a page. */
export function ButtonLink({ to, children, ...rest }: ButtonProps & { to: string; children: ReactNode }) {
  return (
    <Button component={RouterLink} to={to} {...rest}>
      {children}
    </Button>
  )
}
