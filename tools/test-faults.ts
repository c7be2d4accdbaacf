// `npm run test:faults`: every cell of the fault matrices, a thousand damages, and kill -9 at every point of every operation on a whole
// site, where `npm test` takes a sample of each. Arguments are passed to vitest. PLATEN_TEST_SEED repeats a run, PLATEN_TEST_CELL takes
// the cells whose name contains it; failures print both.
import { runNode, stopWithLauncher } from './run.ts'

const everything = ['checks/faults', 'manager/src/sites/site-kills', 'manager/src/backups/backup-kills']
const options = process.argv.slice(2)
// A cell is in a table, and a path of one's own is meant instead.
const isNarrowed = process.env['PLATEN_TEST_CELL'] !== undefined || options.some((option) => !option.startsWith('-'))

stopWithLauncher()
const done = await runNode('vitest/vitest.mjs', ['run', ...(isNarrowed ? ['checks/faults'] : everything), ...options], {
  inherit: true,
  env: { ...process.env, PLATEN_TEST_FAULTS: 'all', PLATEN_TEST_ALL_KILLS: '1' },
})
process.exitCode = done.code
