import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, lstat, mkdir, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Secret } from '@platen/kit/secrets'
import { clientConfig } from '@platen/kit/sql'
import { eventually, temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import pg from 'pg'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { isAlive, listProcesses, signalProcess, workingDirectory } from '../../../runners/index.ts'
import { completeBinaries, packagedBinaries } from './binaries.ts'
import { runCommand } from './command.ts'
import { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.ts'

let directory: TemporaryDirectory
let dataDirectory: string
let servers: EmbeddedPostgres[]
const isRoot = process.getuid?.() === 0

beforeEach(async () => {
  directory = await temporaryDirectory()
  dataDirectory = join(directory.path, 'postgres', '18')
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop('immediate').catch(() => {})))
  await directory.remove()
})

function aServer(overrides: Partial<EmbeddedPostgresOptions> = {}): EmbeddedPostgres & { said: string[] } {
  const said: string[] = []
  const server = new EmbeddedPostgres({
    dataDirectory,
    socketDirectory: join(directory.path, 'run'),
    superuserPassword: new Secret('s'.repeat(40)),
    settings: { fsync: 'off' },
    log: (message) => said.push(message),
    ...overrides,
  })
  servers.push(server)
  return Object.assign(server, { said })
}

async function query(server: EmbeddedPostgres, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(clientConfig(server.connection('postgres')))
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

test('a fresh server has checksums, UTF-8, the built-in locale, scram, and listens on no TCP port', async () => {
  const server = aServer()
  expect(await server.start()).toMatchObject({ adopted: false })
  const settings = await query(
    server,
    `select name, setting from pg_settings where name in ('data_checksums', 'listen_addresses', 'password_encryption', 'server_encoding', 'jit', 'max_connections')`,
  )
  expect(Object.fromEntries(settings.map((row) => [row['name'], row['setting']]))).toEqual({
    data_checksums: 'on',
    listen_addresses: '',
    password_encryption: 'scram-sha-256',
    server_encoding: 'UTF8',
    jit: 'off',
    max_connections: '500',
  })
  expect(
    await query(
      server,
      `select datlocprovider, datlocale, lower('ÉTÉ') as l from pg_database where datname = 'template1'`,
    ),
  ).toEqual([{ datlocprovider: 'b', datlocale: 'C.UTF-8', l: 'été' }])
  const methods = await query(server, `select distinct auth_method from pg_hba_file_rules`)
  expect(methods).toEqual([{ auth_method: 'scram-sha-256' }])
  expect((await stat(dataDirectory)).mode & 0o777).toBe(0o700)
})

test('a running server is adopted, also by another object, and stopping it ends every process', async () => {
  const { pid } = await aServer().start()
  const second = aServer()
  expect(await second.start()).toEqual({ adopted: true, pid })
  expect(await second.isHealthy()).toBe(true)
  await second.stop()
  expect(await isAlive(pid)).toBe(false)
  expect(await serverProcesses()).toEqual([])
  await second.stop()
})

test('after kill -9 of the postmaster it starts again with what was committed', async () => {
  const server = aServer({ settings: {} })
  const { pid } = await server.start()
  await query(server, 'create table kept (id int); insert into kept values (7)')
  signalProcess(pid, 'SIGKILL')
  expect(await server.isHealthy()).toBe(false)
  expect(await server.start()).toMatchObject({ adopted: false })
  expect(await query(server, 'select id from kept')).toEqual([{ id: 7 }])
})

test('backends that outlive their postmaster are ended before the next one starts', async () => {
  const server = aServer()
  const { pid } = await server.start()
  const client = new pg.Client(clientConfig(server.connection('postgres')))
  client.on('error', () => {})
  await client.connect()
  const busy = client.query('select pg_backend_pid(), sum(n) from generate_series(1, 2000000000) n').catch(() => {})
  const backend = await eventually(
    async () =>
      (
        await query(
          server,
          `select pid from pg_stat_activity where query like '%generate_series%' and pid <> pg_backend_pid()`,
        )
      )[0]?.['pid'],
  )
  signalProcess(Number(backend), 'SIGSTOP')
  signalProcess(pid, 'SIGKILL')
  await server.start()
  expect(await isAlive(Number(backend))).toBe(false)
  expect(server.said.join('\n')).toMatch(/ended \d+ PostgreSQL processes whose server was dead/)
  await busy
})

test('a frozen server is stopped and replaced', async () => {
  const { pid } = await aServer().start()
  signalProcess(pid, 'SIGSTOP')
  const second = aServer()
  const started = await second.start()
  expect(started).toMatchObject({ adopted: false })
  expect(started.pid).not.toBe(pid)
  expect(await isAlive(pid)).toBe(false)
}, 60_000)

test('a pid file whose process id now belongs to somebody else does not stop the start, nor the somebody', async () => {
  const first = aServer()
  await first.start()
  const pidFile = await readFile(join(dataDirectory, 'postmaster.pid'), 'utf8')
  await first.stop()
  const innocent = spawn('sleep', ['600'], { stdio: 'ignore' })
  await once(innocent, 'spawn')
  await writeFile(join(dataDirectory, 'postmaster.pid'), pidFile.replace(/^\d+/, String(innocent.pid)))
  expect(await aServer().start()).toMatchObject({ adopted: false })
  expect(await isAlive(innocent.pid ?? 0)).toBe(true)
  innocent.kill()
})

test('what a killed initdb left aside is removed, and an empty data directory is used', async () => {
  const parent = dirname(dataDirectory)
  await mkdir(join(parent, `18.init-${2 ** 22 + 1}-abcdef01`, 'base'), { recursive: true })
  await mkdir(dataDirectory)
  await aServer().start()
  expect((await readdir(parent)).filter((name) => name.includes('init') || name.includes('password'))).toEqual([])
})

test('the data directory of another major version is refused and not touched', async () => {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  await writeFile(join(dataDirectory, 'PG_VERSION'), '17\n')
  await expect(aServer().start()).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('written by PostgreSQL 17'),
  })
  expect(await readdir(dataDirectory)).toEqual(['PG_VERSION'])
})

test('a folder that is not a data directory is refused and not touched', async () => {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  await writeFile(join(dataDirectory, 'thesis.odt'), 'x')
  await expect(aServer().start()).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('no PostgreSQL data directory'),
  })
  expect(await readdir(dataDirectory)).toEqual(['thesis.odt'])
})

test.runIf(isRoot)('the data directory of another owner is refused and not touched', async () => {
  await mkdir(dataDirectory, { recursive: true, mode: 0o700 })
  await writeFile(join(dataDirectory, 'PG_VERSION'), '18\n')
  await chown(dataDirectory, 12_345, 12_345)
  await expect(aServer().start()).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('belongs to uid 12345'),
  })
  expect(await readdir(dataDirectory)).toEqual(['PG_VERSION'])
})

test('a wrong superuser password is refused, a running server goes on, a stopped one stays stopped', async () => {
  const right = aServer()
  const { pid } = await right.start()
  const wrong = { superuserPassword: new Secret('w'.repeat(40)) }
  await expect(aServer(wrong).start()).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('superuser password'),
  })
  expect(await isAlive(pid)).toBe(true)
  await right.stop()
  await expect(aServer(wrong).start()).rejects.toMatchObject({ kind: 'refused' })
  expect(await serverProcesses()).toEqual([])
})

test('a socket path that is too long is refused before anything is made', async () => {
  const socketDirectory = join(directory.path, 'x'.repeat(100))
  await expect(aServer({ socketDirectory }).start()).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('Linux allows 107'),
  })
  expect(await readdir(directory.path)).toEqual([])
})

test('a setting PostgreSQL does not know is told in its own words', async () => {
  await expect(aServer({ settings: { no_such_setting: '1' } }).start()).rejects.toThrow(
    'unrecognized configuration parameter "no_such_setting"',
  )
  expect(await serverProcesses()).toEqual([])
})

test.runIf(isRoot)('a full disk is told as such and leaves nothing half made', async ({ skip }) => {
  const disk = join(directory.path, 'disk')
  await mkdir(disk)
  const mounted = await runCommand(
    { file: 'mount', args: ['-t', 'tmpfs', '-o', 'size=12m,mode=0700', 'tmpfs', disk] },
    { timeoutMs: 5_000 },
  )
  if (mounted.code !== 0) skip(`no small disk can be mounted here: ${mounted.output}`)
  try {
    const server = aServer({ dataDirectory: join(disk, 'postgres', '18') })
    await expect(server.start()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('the disk is full'),
    })
    expect(await readdir(join(disk, 'postgres'))).toEqual([])
  } finally {
    await runCommand({ file: 'umount', args: [disk] }, { timeoutMs: 5_000 })
  }
})

test.runIf(isRoot)('below a folder that only root enters, root runs it in a user namespace', async () => {
  await chmod(directory.path, 0o700)
  const server = aServer()
  const { pid } = await server.start()
  expect(await readFile(`/proc/${pid}/uid_map`, 'utf8')).toMatch(/^\s*1000\s+0\s+1\s*$/m)
  expect((await stat(join(dataDirectory, 'PG_VERSION'))).uid).toBe(0)
})

test.runIf(isRoot)(
  'where namespaces are closed, root runs it as a system user that cannot enter the folder',
  async () => {
    const server = aServer({ namespaces: 'never' })
    const { pid } = await server.start()
    expect((await stat(`/proc/${pid}`)).uid).not.toBe(0)
    expect((await lstat(dataDirectory)).isSymbolicLink()).toBe(true)
    expect(await query(server, 'select 1 as one')).toEqual([{ one: 1 }])
    // The next start finds the owner and stays with him, whatever namespaces allow by then.
    expect(await aServer().start()).toEqual({ adopted: true, pid })
    await server.stop()
    await rm(dirname(dirname(await realpath(dataDirectory))), { recursive: true, force: true })
  },
)

test('binaries that may not be changed are completed in a copy', async () => {
  const packaged = join(directory.path, 'package', 'native')
  await mkdir(join(packaged, 'lib'), { recursive: true })
  await cp(join(packagedBinaries(), 'pg-symlinks.json'), join(packaged, 'pg-symlinks.json'))
  const copy = join(directory.path, 'binaries')
  expect(await completeBinaries(copy, true, packaged)).toBe(copy)
  expect((await lstat(join(copy, 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true)
  expect(await completeBinaries(copy, true, packaged)).toBe(copy)
  expect(await readdir(join(packaged, 'lib'))).toEqual([])
})

async function serverProcesses(): Promise<number[]> {
  const found = []
  for (const { pid } of await listProcesses()) if ((await workingDirectory(pid)) === dataDirectory) found.push(pid)
  return found
}
