// `npm run test:fuzz [cases] [seed] [manager|site]`: requests made of the committed API documents against manager and site (checks/fuzz), 100,000 by
// default, half of them each. Exits with 1 if an answer was a failure of ours or not as declared.
import { fuzzBoth } from '../checks/fuzz/index.ts'
import { setup } from './test-setup.ts'

const options = process.argv.slice(2)
const only = ['manager', 'site'].find((name) => options.includes(name))
const [cases = 100_000, seed = Math.floor(Math.random() * 2 ** 31)] = options.filter(isNumber).map(Number)

const onProgress = (api: string, done: number, failures: readonly string[]): void => {
  console.error([...failures, `${api}: ${done} requests`].join('\n'))
}
const stop = await setup()
try {
  for (const { failures, ...figures } of await fuzzBoth({ only, cases, seed, onProgress })) {
    console.log(JSON.stringify(figures))
    if (failures.length > 0) process.exitCode = 1
  }
} finally {
  await stop?.()
}

function isNumber(text: string): boolean {
  return /^[0-9]+$/.test(text)
}
