import { notifications } from '@mantine/notifications'
import { IconCheck } from '@tabler/icons-react'

/** A short word that something worked. Failures are never toasts: they stay where they happened. */
export function notifySuccess(message: string): void {
  notifications.show({
    message,
    color: 'petrol',
    icon: <IconCheck size={16} />,
    autoClose: 4000,
    withCloseButton: false,
  })
}
