// `npm run bench:relay [events] [database|redis|rabbitmq]`: the outbox under fire (checks/faults/relay), 100,000 events each by default:
// relays killed with -9, the broker killed and started again in the middle. Exits with 1 if one was lost, doubled or out of order. In the
// same run: how many transactions of one insert and one update plain `pg` makes in a second on one connection.
import { loadRelay, type RelayLoad } from '../checks/faults/relay/relay-load.ts'
import { plainTransactions } from './benchmarks/plain-transactions.ts'
import { setup } from './test-setup.ts'

const everywhere: readonly RelayLoad['to'][] = ['redis', 'rabbitmq', 'database']
const events = Number(process.argv.find((argument) => /^[0-9]+$/.test(argument)) ?? 100_000)
const chosen = everywhere.filter((to) => process.argv.includes(to))

const stop = await setup()
try {
  console.log(JSON.stringify({ plainPerSecond: await plainTransactions(2_000) }))
  for (const to of chosen.length === 0 ? everywhere : chosen) {
    const report = await loadRelay({ events, to })
    console.log(JSON.stringify({ to, ...report }))
    const { seen, effects = { events, again: 0, outOfOrder: 0 } } = report
    const isWhole = seen.events === events && seen.outOfOrder === 0 && (to !== 'database' || seen.again === 0)
    if (!isWhole || effects.events !== events || effects.again + effects.outOfOrder > 0) process.exitCode = 1
  }
  console.log(JSON.stringify({ plainPerSecond: await plainTransactions(2_000) }))
} finally {
  await stop?.()
}
