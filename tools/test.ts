// `npm test`: everything, in this order: what is missing on the machine, the web build, all vitest tests, the stories in a real browser.
// The last line is always `N passed, N failed[, N skipped]`. Arguments are passed to vitest and leave the browser out: `npm test -- kit/sql`.
import { mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buildWeb } from './build-web.ts'
import { brokers, chromium, findProgram, installProgram, sqlmap } from './debian-packages.ts'
import { repositoryRoot } from './repository.ts'
import { runNode, stopWithLauncher } from './run.ts'
import { addCounts, countTests, noTests, summaryLine, type TestCounts } from './test-counts.ts'

const isCi = Boolean(process.env['CI'])
const outputDirectory = join(repositoryRoot, 'test-output')
const durations: string[] = []

stopWithLauncher()
const selection = process.argv.slice(2)
let total = noTests
await mkdir(outputDirectory, { recursive: true })
await installPrograms()
if (selection.length > 0) {
  total = await timed('tests', () => vitest('unit', selection))
} else {
  const built = await timed('web build', webBuild)
  const unit = await timed('tests', () => vitest('unit', []))
  const stories = await timed('browser stories', () =>
    built.failed > 0 ? skipped('the web build failed') : browserStories(),
  )
  total = [built, unit, stories].reduce(addCounts)
}
// On a build machine nothing may be left out quietly: there it is root, and everything can be installed.
if (isCi && total.skipped > 0) {
  console.error(`${total.skipped} skipped tests count as failed because CI is set`)
  total = { passed: total.passed, failed: total.failed + total.skipped, skipped: 0 }
}
console.log(`\n${durations.join('\n')}`)
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0
console.log(summaryLine(total))

async function webBuild(): Promise<TestCounts> {
  try {
    await buildWeb()
    return noTests
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    return { ...noTests, failed: 1 }
  }
}

/** Their tests are skipped where they are missing. */
async function installPrograms(): Promise<void> {
  for (const needed of [...brokers, sqlmap]) {
    const reason = (await findProgram(needed)) === undefined ? await installProgram(needed) : undefined
    if (reason !== undefined) console.error(`Tests with a real ${needed.package} are left out: ${reason}`)
  }
}

async function browserStories(): Promise<TestCounts> {
  let reason: string | undefined
  if (!(await findProgram(chromium))) reason = await installProgram(chromium)
  const browser = await findProgram(chromium)
  if (!browser) return skipped(reason ?? 'no Chromium found')
  return vitest('e2e', ['--config', 'e2e/vitest.config.ts'], { PLATEN_TEST_CHROMIUM: browser })
}

function skipped(reason: string): TestCounts {
  console.error(`Browser stories are left out: ${reason}`)
  return { ...noTests, skipped: 1 }
}

async function vitest(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<TestCounts> {
  const report = join(outputDirectory, `${name}.json`)
  await rm(report, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const done = await runNode('vitest/vitest.mjs', ['run', ...reporters, ...args], {
    inherit: true,
    env: { ...process.env, ...env },
  })
  return countTests(await readFile(report, 'utf8').catch(() => ''), done.code)
}

async function timed(name: string, work: () => Promise<TestCounts> | TestCounts): Promise<TestCounts> {
  const startedMs = performance.now()
  const counts = await work()
  durations.push(`${((performance.now() - startedMs) / 1000).toFixed(1).padStart(7)} s  ${name}`)
  return counts
}
