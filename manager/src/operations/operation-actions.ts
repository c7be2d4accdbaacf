import type { OperationState } from '@platen/kit/operations'

export const operationActionNames = ['cancel', 'retry', 'undo'] as const
type OperationActionName = (typeof operationActionNames)[number]

/** One action as the API tells it: what is not allowed is shown with its reason, not hidden. */
export interface OperationAction {
  name: OperationActionName
  allowed: boolean
  reason: string | null
}

/** What undoes an operation that has succeeded: the type of another. The others have no way back, or undo themselves only. */
export const undoneBy: Readonly<Record<string, string>> = {
  'suspend-site': 'resume-site',
  'resume-site': 'suspend-site',
  'archive-site': 'revive-site',
  'restore-site-in-place': 'return-site',
  'restore-broken-site': 'return-site',
  'return-site': 'return-site',
}

/** What can be asked for again as it was. A creation that failed has given its name back: it is asked for anew. */
export const askedAgain: ReadonlySet<string> = new Set([
  'suspend-site',
  'resume-site',
  'restart-site',
  'drop-site',
  'back-up-site',
  'drill-backup',
  'archive-site',
  'revive-site',
  'restore-site-in-place',
  'restore-broken-site',
  'return-site',
])

interface Facts {
  type: string
  state: OperationState
  cancellable: boolean
  cancelRequested: boolean
}

/** As far as the operation itself says it: what became of its subject since is looked at when the action is asked for. */
export const operationActions = (operation: Facts): OperationAction[] =>
  operationActionNames.map((name) => {
    const reason = objection[name](operation)
    return { name, allowed: reason === null, reason }
  })

const isOver = ({ state }: Facts): boolean => state === 'succeeded' || state === 'failed' || state === 'cancelled'

const objection: Record<OperationActionName, (operation: Facts) => string | null> = {
  cancel(operation) {
    if (isOver(operation)) return 'It has ended.'
    if (operation.cancelRequested) return 'It is being cancelled.'
    return operation.cancellable ? null : 'It is past the point of no return.'
  },
  retry(operation) {
    if (operation.state === 'needs-attention') return null
    if (!isOver(operation)) return 'It is at work.'
    if (operation.state === 'succeeded') return 'It has succeeded.'
    return askedAgain.has(operation.type) ? null : 'Ask for it anew: what it was given has been given back.'
  },
  undo(operation) {
    if (!isOver(operation)) return 'It has not ended: cancel it instead.'
    if (operation.state !== 'succeeded') return 'It has undone itself.'
    return undoneBy[operation.type] === undefined ? 'There is no way back from this.' : null
  },
}
