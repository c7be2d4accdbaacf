import { isDatabaseError } from '@platen/kit/sql'
import type { Wire } from './client.ts'
import { ident, literal } from './quoting.ts'

const insufficientPrivilege = '42501'

/** Ends the sessions in it. Absent is success. The server refuses a template: the caller looked before. */
export async function dropDatabase(wire: Wire, name: string): Promise<void> {
  const drop = `drop database if exists ${ident(name)}`
  try {
    await wire.run(`${drop} with (force)`)
  } catch (error) {
    if (!isDatabaseError(error) || error.code !== insufficientPrivilege) throw error
    // FORCE counts a worker of autovacuum as somebody's session, which only a superuser may end. Without it the server ends the worker.
    await wire.run(
      `select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = ${literal(name)} and backend_type = 'client backend'`,
    )
    await wire.run(drop)
  }
}
