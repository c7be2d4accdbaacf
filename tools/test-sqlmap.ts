// `npm run test:sqlmap`: sqlmap over lists, addresses, bodies and keys of manager and site (checks/attacks), where `npm test` takes one
// place of each. Installs it from Debian's packages when it is missing.
import { findProgram, installProgram, sqlmap } from './debian-packages.ts'
import { runNode, stopWithLauncher } from './run.ts'

stopWithLauncher()
const reason = (await findProgram(sqlmap)) === undefined ? await installProgram(sqlmap) : undefined
if (reason === undefined) {
  const done = await runNode('vitest/vitest.mjs', ['run', 'checks/attacks/sql-injection', ...process.argv.slice(2)], {
    inherit: true,
    env: { ...process.env, PLATEN_TEST_ATTACKS: 'all' },
  })
  process.exitCode = done.code
} else {
  console.error(reason)
  process.exitCode = 1
}
