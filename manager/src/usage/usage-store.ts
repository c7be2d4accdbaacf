import { rows, sql, type Tx } from '@platen/kit/sql'

/** Each site this often; half of what is promised, so that a slow round breaks nothing. */
const everyMinutes = 15
const leastPerRound = 5

export interface DueSite {
  id: string
  database_name: string
}

export interface Usage {
  databaseBytes: number
  filesBytes: number
}

/** Sites whose turn it is, those that waited longest first. With a round a minute everyone's turn comes in time, however many they are. */
export const sitesInTurn = (tx: Tx): Promise<DueSite[]> =>
  rows(
    tx,
    sql<DueSite>`WITH measurable AS (
        SELECT id, database_name, measure_tried_at FROM manager.sites
        WHERE state IN ('active', 'suspended', 'inactive', 'broken'))
      SELECT id, database_name FROM measurable
      WHERE measure_tried_at IS NULL OR measure_tried_at < now() - make_interval(mins => ${everyMinutes})
      ORDER BY measure_tried_at NULLS FIRST, id
      LIMIT (SELECT greatest(${leastPerRound}, ceil(count(*) / ${everyMinutes}::numeric)) FROM measurable)`,
  )

/** Without a usage: it could not be measured, and is tried again when its turn comes. */
export async function recordUsage(tx: Tx, siteId: string, usage: Usage | undefined): Promise<void> {
  if (usage === undefined) {
    await sql`UPDATE manager.sites SET measure_tried_at = now() WHERE id = ${siteId}`.execute(tx)
    return
  }
  await sql`UPDATE manager.sites SET measure_tried_at = now(), measured_at = now(),
    database_bytes = ${usage.databaseBytes}, files_bytes = ${usage.filesBytes} WHERE id = ${siteId}`.execute(tx)
}
