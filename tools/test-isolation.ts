// `npm run test:isolation`: all 9,900 ordered pairs of a hundred tenants at every operation of the manager, and all pairs of sites, where
// `npm test` takes a sample. Prints counts and time. Arguments are passed to vitest.
import { runNode, stopWithLauncher } from './run.ts'

stopWithLauncher()
const places = ['manager/src/isolation', 'bench/src/isolation']
const done = await runNode('vitest/vitest.mjs', ['run', ...places, ...process.argv.slice(2)], {
  inherit: true,
  env: { ...process.env, PLATEN_TEST_ISOLATION: 'all' },
})
process.exitCode = done.code
