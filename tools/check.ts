// `npm run check`: everything that can be said about the code without running it, in about 30 seconds. Each part is an ordinary tool with its
// configuration in the repository root; the slow ones start first and run side by side. Fails if any part fails.
import { join } from 'node:path'
import { availableParallelism } from 'node:os'
import { checkDuplication } from './check-duplication.ts'
import { checkLock } from './check-lock.ts'
import type { CheckOutcome } from './check-outcome.ts'
import { repositoryRoot } from './repository.ts'
import { run, runNode, stopWithLauncher } from './run.ts'

interface Part {
  name: string
  fix?: string
  check(): Promise<CheckOutcome>
}

const parts: readonly Part[] = [
  { name: 'types', check: () => tool('typescript/bin/tsc', ['--noEmit', '--project', '.']) },
  {
    name: 'lint',
    fix: 'npx oxlint --fix',
    check: () => tool('oxlint/bin/oxlint', ['--deny-warnings', '--format=unix']),
  },
  { name: 'boundaries', check: boundaries },
  { name: 'dead code', check: () => tool('knip/bin/knip.js', ['--no-progress', '--no-config-hints']) },
  { name: 'format', fix: 'npx oxfmt', check: () => tool('oxfmt/bin/oxfmt', ['--check', '.']) },
  { name: 'duplication', check: checkDuplication },
  { name: 'lock file', fix: 'node tools/complete-lock.ts', check: checkLock },
]

stopWithLauncher()
const startedMs = performance.now()
const failed: string[] = []
const queue = [...parts]
await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker))
const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
console.log(
  failed.length === 0
    ? `check: all ${parts.length} parts passed in ${seconds} s`
    : `check: ${failed.join(', ')} failed after ${seconds} s`,
)
process.exitCode = failed.length === 0 ? 0 : 1

async function worker(): Promise<void> {
  for (let part = queue.shift(); part; part = queue.shift()) {
    const partStartedMs = performance.now()
    const outcome = await part.check()
    const took = `${((performance.now() - partStartedMs) / 1000).toFixed(1).padStart(6)} s`
    console.log(`${took}  ${outcome.ok ? 'ok    ' : 'FAILED'}  ${part.name}${outcome.note ? ` (${outcome.note})` : ''}`)
    if (outcome.ok) continue
    failed.push(part.name)
    console.log(`${outcome.problems.trimEnd()}\n${part.fix ? `  to repair what can be repaired: ${part.fix}\n` : ''}`)
  }
}

async function tool(program: string, args: readonly string[]): Promise<CheckOutcome> {
  const { code, output } = await runNode(program, args)
  return { ok: code === 0, problems: output }
}

async function boundaries(): Promise<CheckOutcome> {
  const { code, output } = await run(process.execPath, [join(repositoryRoot, 'tools/boundaries.ts')])
  return { ok: code === 0, problems: output, note: output.trim().split('\n').at(-1) ?? '' }
}
