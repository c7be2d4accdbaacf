import { useTranslation } from 'react-i18next'
import type { Operation, OperationActionName } from '../api/types.ts'

/** Why an action on an operation is not possible, in the reader's language; null when it is. */
export function useActionReason(operation: Operation): (name: OperationActionName) => string | null {
  const { t } = useTranslation()
  return (name) => {
    const action = operation.actions.find((candidate) => candidate.name === name)
    if (action?.allowed === true) return null
    const defaultValue = action?.reason ?? t('site.reason.unknown')
    return t(`operations.reason.${name}.${because[name](operation)}`, { defaultValue })
  }
}

const hasEnded = ({ state }: Operation): boolean => ['succeeded', 'failed', 'cancelled'].includes(state)

/** Mirrors manager/src/operations/operation-actions.ts, which decides; here only its words are chosen. */
const because: Record<OperationActionName, (operation: Operation) => string> = {
  cancel(operation) {
    if (hasEnded(operation)) return 'ended'
    return operation.cancelRequested ? 'requested' : 'past'
  },
  retry(operation) {
    if (!hasEnded(operation)) return 'running'
    return operation.state === 'succeeded' ? 'succeeded' : 'given-back'
  },
  undo(operation) {
    if (!hasEnded(operation)) return 'running'
    return operation.state === 'succeeded' ? 'none' : 'undone'
  },
}
