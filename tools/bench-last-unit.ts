// `npm run bench:last-unit`: 100 rounds of 50 clients who submit an order for the last unit, on a PostgreSQL of its own.
import { setup } from './test-setup.ts'

const stop = await setup()
await import('../business/commerce/bench/last-unit.ts')
await stop?.()
