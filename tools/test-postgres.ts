// One PostgreSQL 18 for a whole test run, thrown away afterwards; fsync is off (a test of durability starts its own).
// A process beside the run, in plain Node: it prints the connection as one line of JSON, and when its standard input ends it stops the
// server and removes the files. The input ends with the run in whatever way that ends, kill -9 included: the embedded server alone would
// go on, by design.
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EmbeddedPostgres, embeddedSuperuser } from '../drivers/databases/postgres/embedded/index.ts'
import { Secret } from '../kit/secrets/index.ts'

const directoryPrefix = 'platen-test-postgres-'
const settings = {
  max_connections: '200',
  shared_buffers: '64MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  log_lock_waits: 'off',
}

await removeLeftovers()
const directory = await mkdtemp(join(tmpdir(), `${directoryPrefix}${process.pid}-`))
const socketDirectory = join(directory, 'run')
await mkdir(socketDirectory, { mode: 0o700 })
const password = randomBytes(18).toString('base64url')
const server = new EmbeddedPostgres({
  dataDirectory: join(directory, 'data'),
  socketDirectory,
  superuserPassword: new Secret(password),
  settings,
  log: () => {},
})

const runEnded = new Promise((resolve) => process.stdin.on('end', resolve).resume())
// Ctrl-C reaches the whole terminal group; the tests still need their server until the run has ended.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
try {
  await server.start()
  console.log(
    JSON.stringify({ host: socketDirectory, port: 5432, database: 'postgres', user: embeddedSuperuser, password }),
  )
  await runEnded
} catch (error) {
  console.error(`test PostgreSQL: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
} finally {
  await server.stop('fast')
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
  process.stdin.destroy()
}

/** Servers whose run and whose process here were both killed: the directory's name carries our process id. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const [, owner] = new RegExp(`^${directoryPrefix}(\\d+)-`).exec(name) ?? []
    if (owner !== undefined && !isAlive(Number(owner))) await removeServer(join(tmpdir(), name)).catch(() => {})
  }
}

async function removeServer(leftover: string): Promise<void> {
  const data = join(leftover, 'data')
  const pid = Number((await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0])
  // A process id may have been given to something else since: the command line must name the directory.
  const commandLine = pid > 1 ? await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') : ''
  if (commandLine.includes(`${data}\0`)) process.kill(pid, 'SIGQUIT')
  await rm(leftover, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 })
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    // Node's kill throws only ErrnoException; EPERM means it lives and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
