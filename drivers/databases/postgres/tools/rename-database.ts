import { DriverError } from '../../../errors/index.ts'
import type { RenameRequest } from '../../contract.ts'
import { finish, type Wire } from '../client.ts'
import { ident, literal } from '../quoting.ts'
import { commentTag, lockName, observe, type Observation } from '../site-statements.ts'

/** Observes, closes, ends sessions, renames: each of them safe to repeat. Name and tag change in one transaction. */
export async function renameDatabase(wire: Wire, request: RenameRequest): Promise<{ renamed: boolean }> {
  const { from, to, tag, newTag = tag } = request
  if (ident(from) === ident(to)) throw new DriverError('refused', `${from} is its own name already`)
  // Always in the same order, so that two renames do not wait for one another.
  await wire.run(`${[from, to].toSorted().map(lockName).join(' ')} select 1 as locked;`)
  const [source, target] = [await look(wire, from), await look(wire, to)]
  const isSource = source.exists && source.ours && source.tag === tag && !source.template && !source.half_dropped
  if (!isSource && target.exists && target.tag === newTag && !target.template) {
    await wire.run(finish())
    return { renamed: false }
  }
  refuse(request, source, isSource, target)
  await wire.run(`alter database ${from} with allow_connections false`)
  await wire.run(
    `select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = ${literal(from)} and backend_type = 'client backend'`,
  )
  await wire.run(finish(`${revokeEverybody(from)} alter database ${from} rename to ${to}; ${commentTag(to, newTag)}`))
  return { renamed: true }
}

function refuse({ from, to, tag }: RenameRequest, source: Observation, isSource: boolean, target: Observation): void {
  if (!source.exists) throw new DriverError('not-found', `there is no database ${from} to rename`)
  if (!isSource)
    throw new DriverError('refused', `the database ${from} belongs to ${source.tag ?? 'somebody else'}, not to ${tag}`)
  if (target.exists)
    throw new DriverError('already-exists', `the database ${to} belongs to ${target.tag ?? 'somebody else'}`)
}

async function look(wire: Wire, name: string): Promise<Observation> {
  const [found] = await wire.run<Observation>(observe(name))
  if (!found) throw new DriverError('protocol', 'no answer to what exists')
  return found
}

// The roles of the old name must not enter under the new one, and could not be dropped while they may.
function revokeEverybody(name: string): string {
  const body = `declare holder text; begin
    for holder in select distinct grantee::regrole::text from pg_database, aclexplode(datacl)
      where datname = '${ident(name)}' and grantee <> datdba and grantee <> 0
    loop execute format('revoke all on database ${name} from %s', holder); end loop; end`
  return `do ${literal(body)}; revoke all on database ${name} from public;`
}
