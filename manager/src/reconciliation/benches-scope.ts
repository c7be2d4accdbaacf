import type { Runner } from '@platen/drivers/runners'
import { maybe, rows, sql, withScope, type Db } from '@platen/kit/sql'
import { planBenches, type WantedBench } from './plan-benches.ts'
import type { ReconciliationScope } from './scope.ts'

export interface BenchesScopeOptions {
  db: Db
  runner: Runner
  benchMemoryMb: number
}

/** Benches that rows say are active: the runner keeps their processes. */
export function benchesScope({ db, runner, benchMemoryMb }: BenchesScopeOptions): ReconciliationScope {
  return {
    name: 'benches',
    maxRepairs: 10,
    async differences(_now, { signal }) {
      const [wanted, actual] = await Promise.all([
        rows(db, sql<WantedBench>`${activeBenches} ORDER BY name`),
        runner.describe(signal ? { signal } : {}),
      ])
      return planBenches(wanted, actual)
    },
    async repair({ subject }, record, { signal }) {
      const bench = await maybe(db, sql<WantedBench>`${activeBenches} AND name = ${subject.id}`)
      if (bench === undefined) return false
      const { name, processes } = bench
      // `current`: what the manager's start asks for as well; another word would replace every process.
      await runner.ensureBench(
        { name, release: 'current', processes, memoryMb: benchMemoryMb },
        signal ? { signal } : {},
      )
      await withScope(db, { operator: true }, record)
      return true
    },
  }
}

const activeBenches = sql`SELECT name, processes, release_name AS release FROM manager.benches WHERE state = 'active'`
