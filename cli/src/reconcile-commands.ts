import type { Command } from 'commander'
import { askApi, type AnswerOf } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'

type ReconciliationRun = AnswerOf<'POST /reconciliation/runs'>

export function addReconcileCommands(program: Command, withContext: WithContext): void {
  program
    .command('reconcile')
    .description('compare what exists with what should, and repair it')
    .option('--dry-run', 'only say what would be done')
    .action(
      withContext(async (context: Context, { dryRun = false }: { dryRun?: boolean }) => {
        const run = await askApi(context, 'POST /reconciliation/runs', { body: { dryRun } })
        context.output.show(run, () => planLines(run))
        failUnlessCompared(run)
      }),
    )
}

/** A table of what differs, a sentence where nothing does. */
export function planLines({ plans }: ReconciliationRun): string[] {
  const found = plans.flatMap(({ scope, differences }) => differences.map((difference) => ({ scope, ...difference })))
  if (found.length === 0) return plans.some(({ error }) => error !== null) ? [] : ['Everything is as it should be.']
  return table(
    ['SCOPE', 'WHAT', 'WHERE', 'REMEDY', 'OUTCOME', 'DETAIL'],
    found.map(({ scope, kind, subject, remedy, outcome, detail, message }) => [
      scope,
      kind,
      subject.label,
      remedy ?? '-',
      state(outcome),
      message === null ? detail : `${detail} (${message})`,
    ]),
  )
}

function failUnlessCompared({ plans }: ReconciliationRun): void {
  const failed = plans.filter(({ error }) => error !== null)
  if (failed.length === 0) return
  const reasons = failed.map(({ scope, error }) => `${scope}: ${error}`).join('\n  ')
  throw new CommandFailure(exitCodes.refused, `Not everything could be compared:\n  ${reasons}`)
}
