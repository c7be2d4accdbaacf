import { useTranslation } from 'react-i18next'
import { isOver } from '../api/queries.ts'
import type { Operation, OperationActionName } from '../api/types.ts'

/** Why an action on an operation is not possible, in the reader's language; null when it is. */
export function useActionReason(operation: Operation): (name: OperationActionName) => string | null {
  const { t } = useTranslation()
  return (name) => {
    const action = operation.actions.find((candidate) => candidate.name === name)
    if (action?.allowed === true) return null
    const when = isOver(operation) ? 'over' : 'running'
    return t(`operations.reason.${name}.${when}`, { defaultValue: action?.reason ?? t('site.reason.unknown') })
  }
}
