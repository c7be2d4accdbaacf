// `npm run test:fuzz [cases] [seed]`: requests made of the committed API documents against manager and site (checks/fuzz), 100,000 by
// default, half of them each. Exits with 1 if an answer was a failure of ours or not as declared.
import { fuzzBoth } from '../checks/fuzz/index.ts'
import { setup } from './test-setup.ts'

const [cases = 100_000, seed = Math.floor(Math.random() * 2 ** 31)] = process.argv.slice(2).map(Number)

const onProgress = (api: string, done: number) => console.error(`${api}: ${done} requests`)
const stop = await setup()
try {
  for (const { failures, ...figures } of await fuzzBoth({ cases, seed, onProgress })) {
    for (const failure of failures) console.log(`\n${failure}`)
    console.log(JSON.stringify(figures))
    if (failures.length > 0) process.exitCode = 1
  }
} finally {
  await stop?.()
}
