// A worker process for tests of kills and pauses: node toy-worker.ts '{"database": ..., "directory": ..., "operationId": ...}'
import { openDatabase } from '../../sql/index.ts'
import { testServer } from '../../testing/index.ts'
import { OperationRunner } from '../index.ts'
import { killAt } from './kills.ts'
import { buildToy } from './toy.ts'

export interface ToyWorkerOptions {
  database: string
  directory: string
  operationId: string
  leaseMs: number
  killPoint?: string
  /** Prints `reached` after this step's run and then keeps the event loop busy for `hangMs`. */
  hangAfter?: string
  hangMs?: number
}

// Written by the test that starts us.
const options = JSON.parse(process.argv[2] ?? '{}') as ToyWorkerOptions
const connection = { ...testServer(), database: options.database, role: 'platen_worker' }
const db = openDatabase(connection)
const kill = options.killPoint === undefined ? undefined : killAt(options.killPoint)
const runner = new OperationRunner({
  db,
  connection,
  definitions: [buildToy],
  deps: { directory: options.directory },
  workerId: `toy-${process.pid}`,
  leaseMs: options.leaseMs,
  failpoints: async (point) => {
    await kill?.(point)
    if (point.phase === 'run' && point.at === 'after' && point.step === options.hangAfter) hang(options.hangMs ?? 0)
  },
})
await runner.run(options.operationId)
await runner.stop()
await db.destroy()

function hang(milliseconds: number): void {
  process.stdout.write('reached\n')
  const end = performance.now() + milliseconds
  while (performance.now() < end);
}
