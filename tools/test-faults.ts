// `npm run test:faults`: every cell of the fault matrices, where `npm test` takes a sample of each. Arguments are passed to vitest.
// PLATEN_TEST_SEED repeats a run, PLATEN_TEST_CELL takes the cells whose name contains it; failures print both.
import { runNode, stopWithLauncher } from './run.ts'

stopWithLauncher()
const done = await runNode('vitest/vitest.mjs', ['run', 'checks/faults', ...process.argv.slice(2)], {
  inherit: true,
  env: { ...process.env, PLATEN_TEST_FAULTS: 'all' },
})
process.exitCode = done.code
