import { withScope, type Connection, type Db, type Scope } from '../sql/index.ts'
import { isTerminal } from './operation-rules.ts'
import { operationSignals } from './operation-signals.ts'
import { readOperation, type OperationView } from './operation-view.ts'

const POLL_MS = 2_000

/**
 * The operation as it is and then each time it changed, until it has ended or `signal` fires; ends at once if it cannot be seen. Woken
 * by NOTIFY, and looks every two seconds by itself. Without a scope `db` must already be allowed to see it.
 */
export async function* followOperation(
  db: Db,
  connection: Connection,
  id: string,
  signal: AbortSignal,
  scope?: Scope,
): AsyncGenerator<OperationView, void, undefined> {
  let wake = (): void => {}
  let isStale = true
  const unsubscribe = operationSignals(connection).subscribe(id, () => {
    isStale = true
    wake()
  })
  const stop = (): void => wake()
  signal.addEventListener('abort', stop)
  try {
    let shown = ''
    while (!signal.aborted) {
      isStale = false
      const view =
        scope === undefined ? await readOperation(db, id) : await withScope(db, scope, (tx) => readOperation(tx, id))
      if (view === undefined) return
      const text = JSON.stringify(view)
      if (text !== shown) yield view
      shown = text
      if (isTerminal(view.state)) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, POLL_MS)
        wake = () => (clearTimeout(timer), resolve())
        // Changed while we were reading or showing.
        if (isStale || signal.aborted) wake()
      })
    }
  } finally {
    signal.removeEventListener('abort', stop)
    unsubscribe()
  }
}
