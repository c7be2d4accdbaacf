import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckOutcome } from './check-outcome.ts'
import { runNode } from './run.ts'

const maximumCloneLines = 40
const maximumPercent = 2

interface Report {
  duplicates: {
    lines: number
    firstFile: { name: string; start: number }
    secondFile: { name: string; start: number }
  }[]
  statistics: { total: { percentage: number; sources: number } }
}

/** Fails above 2 % duplicated lines, and for any single clone of more than 40 lines. Configuration: .jscpd.json. */
export async function checkDuplication(): Promise<CheckOutcome> {
  const directory = await mkdtemp(join(tmpdir(), 'platen-duplication-'))
  try {
    const done = await runNode('jscpd/run-jscpd.js', ['--reporters', 'json', '--output', directory, '.'])
    const text = await readFile(join(directory, 'jscpd-report.json'), 'utf8').catch(() => undefined)
    if (text === undefined) return { ok: false, problems: done.output }
    // jscpd's documented report.
    return judge(JSON.parse(text) as Report)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function judge({ duplicates, statistics: { total } }: Report): CheckOutcome {
  const isTooMuch = total.percentage > maximumPercent
  const shown = duplicates.filter(({ lines }) => isTooMuch || lines > maximumCloneLines)
  const problems = shown.map(
    ({ lines, firstFile, secondFile }) =>
      `${lines} lines: ${firstFile.name}:${firstFile.start} and ${secondFile.name}:${secondFile.start}`,
  )
  return {
    ok: shown.length === 0 && !isTooMuch && total.sources > 0,
    problems: problems.join('\n'),
    note: `${total.percentage.toFixed(2)} % of ${total.sources} files`,
  }
}
