// vitest globalSetup: one PostgreSQL for the run, unless the caller brings one in PLATEN_TEST_POSTGRES (JSON: host = socket directory, port,
// database, user, password of a superuser). The server is a process of its own, see test-postgres.ts.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { repositoryRoot } from './repository.ts'

/** Returns the teardown; test workers inherit the variable because they start later. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env['PLATEN_TEST_POSTGRES']) return undefined
  const server = spawn(process.execPath, [join(repositoryRoot, 'tools/test-postgres.ts')], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(server, 'exit')
  const firstLine = once(createInterface(server.stdout), 'line')
  const line: unknown[] | undefined = await Promise.race([firstLine, ended.then(() => undefined)])
  if (line === undefined) throw new Error('the test PostgreSQL did not start, see above')
  process.env['PLATEN_TEST_POSTGRES'] = String(line[0])
  return async () => {
    delete process.env['PLATEN_TEST_POSTGRES']
    server.stdin.end()
    await ended
  }
}
