import { Button, Tooltip } from '@mantine/core'
import type { ButtonProps } from '@mantine/core'

interface ActionButtonProps extends ButtonProps {
  label: string
  /** Why it cannot be done now; null when it can. */
  reason: string | null
  onClick: () => void
}

/**
 * An action that the server allows or not. A forbidden one stays visible and focusable and says why: a button that is not
 * there cannot be asked about.
 */
export function ActionButton({ label, reason, onClick, ...rest }: ActionButtonProps) {
  if (reason === null) {
    return (
      <Button onClick={onClick} {...rest}>
        {label}
      </Button>
    )
  }
  return (
    <Tooltip label={reason} multiline maw={280}>
      <Button
        {...rest}
        data-disabled
        aria-disabled="true"
        aria-description={reason}
        onClick={(event) => event.preventDefault()}
      >
        {label}
      </Button>
    </Tooltip>
  )
}
