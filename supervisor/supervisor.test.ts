// docs/operate/processes.md says what the death of each process does: here it is true. Real processes, real PostgreSQL,
// stub children.
import { createServer, request } from 'node:http'
import { once } from 'node:events'
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { signalProcess } from '@platen/drivers/runners'
import { dataPaths } from '@platen/kit/names'
import { eventually } from '@platen/kit/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aPlatform, type Platform } from './testing/start-platform.ts'

let platform: Platform
beforeEach(async () => {
  platform = await aPlatform()
})
afterEach(() => platform?.remove())

const bench = { name: 'main', release: 'r1', processes: 1, memoryMb: 128 }

async function isHealthy(name: string, notPid?: number): Promise<number> {
  return eventually(
    async () => {
      const found = (await platform.runner.describe()).find((process) => process.name === name)
      expect(found).toMatchObject({ state: 'running', healthy: true })
      expect(found?.pid).not.toBe(notPid)
      return found?.pid ?? 0
    },
    { timeoutMs: 15_000, describe: `a healthy ${name}` },
  )
}

interface StubAnswer {
  pid: number
  environmentNames: string[]
}

function ask(socketPath: string, path = '/'): Promise<StubAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, path }, (incoming) => {
      let text = ''
      incoming.on('data', (chunk: Buffer) => (text += chunk.toString()))
      // What the stubs answer, see testing/stub-server.ts.
      incoming.on('end', () => resolve(JSON.parse(text) as StubAnswer))
    })
    outgoing.on('error', reject)
    outgoing.end()
  })
}

describe('starting and stopping', () => {
  test('start prints where to go, and SIGTERM leaves no process behind, exit code 0', async () => {
    const run = await platform.start()
    await platform.runner.ensureBench(bench)
    await isHealthy('bench-main-1')
    expect(run.output()).toMatch(/ready in \d+\.\d s/)
    expect(run.output()).toContain('https://console.platen.localhost:')
    expect(run.output()).toContain('https://127.0.0.1:')
    expect(run.output()).toContain('stub-setup-code')
    expect(run.output()).toContain('ssh -L')
    run.child.kill('SIGTERM')
    expect(await run.ended()).toBe(0)
    expect(run.output()).toContain('stopped')
    expect(await platform.processes()).toEqual([])
    expect((await stat(platform.dataDirectory)).mode & 0o777).toBe(0o700)
  })

  test('the second start brings back the benches without the manager asking', async () => {
    const first = await platform.start()
    await platform.runner.ensureBench(bench)
    first.child.kill('SIGINT')
    await first.ended()
    await platform.start()
    await isHealthy('bench-main-1')
  })

  test('Ctrl-C while PostgreSQL is still starting leaves no process behind', async () => {
    const starting = platform.start()
    await eventually(async () => (await platform.processes()).length > 1)
    const supervisor = (await platform.processes()).find((entry) => entry.commandLine[1]?.endsWith('testing/main.ts'))
    signalProcess(supervisor?.pid ?? 0, 'SIGINT')
    const run = await starting
    expect(await run.ended()).toBe(0)
    expect(await platform.processes()).toEqual([])
  })

  test('a second signal does not wait for a child that hangs', async () => {
    const run = await platform.start()
    const manager = await platform.pidOf('manager')
    signalProcess(manager, 'SIGSTOP')
    run.child.kill('SIGINT')
    await eventually(() => run.output().includes('stopping edge'))
    await eventually(() => {
      // Within half a second it would be the same key press, which npm and the terminal both pass on.
      run.child.kill('SIGINT')
      return run.output().includes('stopping at once')
    })
    expect(await run.ended()).toBe(0)
    expect(await platform.processes()).toEqual([])
  })

  test('a child that ignores SIGTERM is ended by force', async () => {
    const run = await platform.start()
    signalProcess(await platform.pidOf('edge'), 'SIGSTOP')
    run.child.kill('SIGTERM')
    expect(await run.ended()).toBe(0)
    expect(await platform.processes()).toEqual([])
  })
})

describe('kill -9', () => {
  test('of a bench, the edge or the manager: it alone comes back', async () => {
    await platform.start()
    await platform.runner.ensureBench(bench)
    for (const name of ['manager', 'edge', 'bench-main-1']) {
      const before = await platform.runner.describe()
      const pid = await isHealthy(name)
      signalProcess(pid, 'SIGKILL')
      await isHealthy(name, pid)
      const after = await platform.runner.describe()
      for (const other of before.filter((process) => process.name !== name && process.pid !== null)) {
        expect(after.find((process) => process.name === other.name)?.pid, other.name).toBe(other.pid)
      }
      expect(after.find((process) => process.name === name)?.restarts).toBe(1)
    }
  })

  test('of the postmaster: it comes back on the same data, and the others are not touched', async () => {
    await platform.start()
    const [postmaster, manager] = [await platform.pidOf('postgres'), await platform.pidOf('manager')]
    signalProcess(postmaster, 'SIGKILL')
    await isHealthy('postgres', postmaster)
    expect(await platform.pidOf('manager')).toBe(manager)
  })

  test('of the supervisor: everything goes on; the next start adopts PostgreSQL and replaces the others', async () => {
    const run = await platform.start()
    await platform.runner.ensureBench(bench)
    await isHealthy('bench-main-1')
    const before = new Map((await platform.runner.describe()).map((process) => [process.name, process.pid]))
    run.child.kill('SIGKILL')
    await run.ended()
    expect((await ask(platform.sockets.bench('main', 1))).pid).toBe(before.get('bench-main-1'))
    expect((await ask(platform.sockets.manager)).pid).toBe(before.get('manager'))

    const second = await platform.start()
    expect(second.output()).toContain('adopted')
    expect(second.output()).toMatch(/stopped what a killed supervisor left: .*manager/)
    expect(await isHealthy('bench-main-1')).not.toBe(before.get('bench-main-1'))
    expect(await platform.pidOf('postgres')).toBe(before.get('postgres'))
    second.child.kill('SIGTERM')
    expect(await second.ended()).toBe(0)
    expect(await platform.processes()).toEqual([])
  })

  test('of the supervisor before it could record its children: the next start finds them all the same', async () => {
    const run = await platform.start()
    const manager = await platform.pidOf('manager')
    run.child.kill('SIGKILL')
    await run.ended()
    await writeFile(platform.sockets.processes, '')
    const second = await platform.start()
    expect(second.output()).toContain(`process ${manager}`)
    expect(await isHealthy('manager')).not.toBe(manager)
  })

  test('of a bench takes along what the bench had started', async () => {
    await platform.start()
    await platform.runner.ensureBench(bench)
    const pid = await isHealthy('bench-main-1')
    const helpers = async () =>
      (await platform.processes()).filter((entry) => entry.commandLine[0] === 'sleep').map((entry) => entry.pid)
    const before = (await eventually(async () => ((await helpers()).length === 1 ? helpers() : undefined))) ?? []
    signalProcess(pid, 'SIGKILL')
    await isHealthy('bench-main-1', pid)
    await eventually(async () => !(await helpers()).includes(before[0] ?? 0))
  })
})

describe('a start that is refused says why, exits with 1 and damages nothing', () => {
  test('a second start on the same data', async () => {
    await platform.start()
    await platform.runner.ensureBench(bench)
    const records = await readFile(platform.sockets.processes, 'utf8')
    const second = await platform.start()
    expect(await second.ended()).toBe(1)
    expect(second.output()).toMatch(/Platen already runs on .*data \(process \d+\)/)
    expect(await readFile(platform.sockets.processes, 'utf8')).toBe(records)
    await isHealthy('manager')
    await isHealthy('bench-main-1')
  })

  test('of two starts in the same moment exactly one runs', async () => {
    const runs = await Promise.all([platform.start(), platform.start(), platform.start()])
    const refused = runs.filter((run) => run.output().includes('already runs'))
    expect(refused).toHaveLength(2)
    await isHealthy('manager')
  })

  test('a port that is taken', async () => {
    const blocker = createServer().listen(platform.httpPort, '127.0.0.1')
    await once(blocker, 'listening')
    const run = await platform.start()
    expect(await run.ended()).toBe(1)
    expect(run.output()).toContain(
      `port ${platform.httpPort} on 127.0.0.1 is taken by another program: stop it, or set PLATEN_HTTP_PORT`,
    )
    blocker.close()
    expect(await platform.processes()).toEqual([])
    await platform.start()
    await isHealthy('manager')
  })

  test('data of another PostgreSQL', async () => {
    const other = join(platform.dataDirectory, 'postgres', '17')
    await mkdir(other, { recursive: true, mode: 0o700 })
    await writeFile(join(other, 'PG_VERSION'), '17\n')
    const run = await platform.start()
    expect(await run.ended()).toBe(1)
    expect(run.output()).toContain('holds the data of PostgreSQL 17')
    expect(await readFile(join(other, 'PG_VERSION'), 'utf8')).toBe('17\n')
  })

  test("a folder that is somebody's home", async () => {
    await mkdir(platform.dataDirectory, { recursive: true, mode: 0o755 })
    await writeFile(join(platform.dataDirectory, 'thesis.odt'), 'x')
    const run = await platform.start()
    expect(await run.ended()).toBe(1)
    expect(run.output()).toContain('holds other files (thesis.odt)')
    expect((await stat(platform.dataDirectory)).mode & 0o777).toBe(0o755)
  })

  test.each([
    ['PLATEN_HTTPS_PORT', 'abc'],
    ['PLATEN_BIND', 'localhost'],
    ['PLATEN_ZONE', 'Not A Name'],
  ])('the setting %s=%s', async (name, value) => {
    const run = await platform.start({ [name]: value })
    expect(await run.ended()).toBe(1)
    expect(run.output()).toContain(name)
  })

  test('a lost superuser secret', async () => {
    const first = await platform.start()
    first.child.kill('SIGTERM')
    await first.ended()
    const { superuserSecret } = dataPaths(platform.dataDirectory).postgres
    const secret = await readFile(superuserSecret)
    await writeFile(superuserSecret, 'x'.repeat(40))
    const run = await platform.start()
    expect(await run.ended()).toBe(1)
    expect(run.output()).toContain('does not accept the stored superuser password')
    expect(await platform.processes()).toEqual([])
    await writeFile(superuserSecret, secret)
    await platform.start()
    await isHealthy('manager')
  })
})

test('a bench that cannot start is shown as a crash loop, and its last words can be read', async () => {
  await platform.start()
  await mkdir(platform.sockets.bench('broken', 1), { recursive: true }) // Its socket cannot be made: it ends at once.
  await platform.runner.ensureBench({ ...bench, name: 'broken' })
  await eventually(
    async () =>
      (await platform.runner.describe()).find((process) => process.name === 'bench-broken-1')?.state === 'crash-loop',
    { timeoutMs: 15_000 },
  )
  const words = await platform.runner.readLog('bench-broken-1', { search: 'error' })
  expect(words.lines.map((line) => line.message).join('\n')).toContain('Error')
  await isHealthy('manager')
  await platform.runner.removeBench('broken')
  expect((await platform.runner.describe()).map((process) => process.name)).not.toContain('bench-broken-1')
})

test('processes of a bench that stay above their memory in Buffers are restarted, one at a time', async () => {
  const run = await platform.start()
  await platform.runner.ensureBench({ ...bench, processes: 2 })
  const names = ['bench-main-1', 'bench-main-2']
  const before = await Promise.all(names.map((name) => isHealthy(name)))
  const manager = await isHealthy('manager')
  let fewestServing = 2
  const watch = setInterval(() => {
    void platform.runner.describe().then((processes) => {
      const serving = processes.filter((process) => names.includes(process.name) && process.pid !== null)
      fewestServing = Math.min(fewestServing, serving.length)
    })
  }, 20)
  await Promise.all([1, 2].map((index) => ask(platform.sockets.bench('main', index), '/hold')))
  const after = await Promise.all(names.map((name, index) => isHealthy(name, before[index])))
  clearInterval(watch)
  expect(fewestServing).toBeGreaterThanOrEqual(1)
  for (const name of names)
    expect(run.output()).toMatch(new RegExp(`restarting ${name}: it uses 2\\d\\d MB of memory, its limit is 160 MB`))
  expect(await platform.pidOf('manager')).toBe(manager)
  // Small again, they stay.
  expect(await Promise.all(names.map((name) => platform.pidOf(name)))).toEqual(after)
  expect(run.output().match(/restarting bench-main/g)).toHaveLength(2)
})

test('children are told what they need and no more; nothing secret is on a command line', async () => {
  await platform.start({
    PLATEN_MASTER_KEY: 'k'.repeat(44),
    AWS_SECRET_ACCESS_KEY: 'never',
    PLATEN_ZONE: 'example.test',
  })
  await platform.runner.ensureBench(bench)
  await isHealthy('bench-main-1')
  const answer = await ask(platform.sockets.bench('main', 1))
  expect(answer.environmentNames).toEqual(
    expect.arrayContaining(['PLATEN_DATA_DIR', 'PLATEN_ZONE', 'PLATEN_BENCH_NAME', 'PLATEN_BENCH_PROCESS']),
  )
  expect(answer.environmentNames).not.toEqual(expect.arrayContaining(['PLATEN_MASTER_KEY']))
  expect((await ask(platform.sockets.manager)).environmentNames).toContain('PLATEN_MASTER_KEY')
  expect((await ask(platform.sockets.manager)).environmentNames).not.toContain('AWS_SECRET_ACCESS_KEY')
  const secrets = await Promise.all(
    Object.values(dataPaths(platform.dataDirectory).postgres)
      .filter((file) => file.endsWith('.secret'))
      .map(async (file) => (await readFile(file, 'utf8')).trim()),
  )
  const commandLines = (await platform.processes()).map((entry) => entry.commandLine.join(' ')).join('\n')
  for (const secret of [...secrets, 'k'.repeat(44)]) expect(commandLines).not.toContain(secret)
})
