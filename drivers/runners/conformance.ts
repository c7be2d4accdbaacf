import { randomBytes } from 'node:crypto'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BenchRequest, LogQuery, Runner } from './contract.ts'

export interface RunnerFixture {
  runner: Runner
  /** Writes lines into the log of a program, which need not run. */
  print(program: string, ...lines: string[]): Promise<void>
  close(): Promise<void>
}

export function aBench(overrides: Partial<BenchRequest> = {}): BenchRequest {
  return { name: `b${randomBytes(4).toString('hex')}`, release: 'r1', processes: 1, memoryMb: 128, ...overrides }
}

export function runnerConformance(vendor: string, make: () => Promise<RunnerFixture>): void {
  describe(`${vendor}: contract of a runner`, () => {
    let fixture: RunnerFixture
    let runner: Runner
    beforeAll(async () => {
      fixture = await make()
      runner = fixture.runner
    })
    afterAll(() => fixture?.close())

    const processesOf = async (name: string) =>
      (await runner.describe()).filter((process) => process.name.startsWith(`bench-${name}-`))
    const healthy = (name: string, count: number) =>
      eventually(
        async () => {
          const found = await processesOf(name)
          expect(found.map((process) => [process.state, process.healthy])).toEqual(
            Array.from({ length: count }, () => ['running', true]),
          )
          return found
        },
        { timeoutMs: 20_000, describe: `${count} healthy processes of ${name}` },
      )

    test('a bench runs as many processes as asked, each with sockets of its own', async () => {
      const bench = aBench({ processes: 2 })
      const { processes } = await runner.ensureBench(bench)
      expect(processes.map((process) => process.name)).toEqual([`bench-${bench.name}-1`, `bench-${bench.name}-2`])
      expect(new Set(processes.flatMap((process) => [process.publicSocket, process.privateSocket])).size).toBe(4)
      const running = await healthy(bench.name, 2)
      expect(new Set(running.map((process) => process.pid)).size).toBe(2)
      await runner.removeBench(bench.name)
    })

    test('asking again for the same changes no process', async () => {
      const bench = aBench()
      const first = await runner.ensureBench(bench)
      const [before] = await healthy(bench.name, 1)
      expect(await runner.ensureBench(bench)).toEqual(first)
      const [after] = await processesOf(bench.name)
      expect([after?.pid, after?.restarts]).toEqual([before?.pid, 0])
      await runner.removeBench(bench.name)
    })

    test('more and fewer processes leave the others alone', async () => {
      const bench = aBench()
      await runner.ensureBench(bench)
      const [first] = await healthy(bench.name, 1)
      await runner.ensureBench({ ...bench, processes: 2 })
      expect((await healthy(bench.name, 2))[0]?.pid).toBe(first?.pid)
      await runner.ensureBench({ ...bench, processes: 1 })
      expect((await healthy(bench.name, 1))[0]?.pid).toBe(first?.pid)
      await runner.removeBench(bench.name)
    })

    test('a new release and a restart replace the process', async () => {
      const bench = aBench()
      await runner.ensureBench(bench)
      const [first] = await healthy(bench.name, 1)
      await runner.ensureBench({ ...bench, release: 'r2' })
      const second = await eventually(async () =>
        (await healthy(bench.name, 1)).find((process) => process.pid !== first?.pid),
      )
      await runner.restartBench(bench.name)
      await eventually(async () => (await healthy(bench.name, 1)).find((process) => process.pid !== second?.pid))
      await runner.removeBench(bench.name)
    })

    test('removing ends its processes, and removing the absent succeeds', async () => {
      const bench = aBench()
      await runner.ensureBench(bench)
      await runner.removeBench(bench.name)
      expect(await processesOf(bench.name)).toEqual([])
      await expect(runner.removeBench(bench.name)).resolves.toBeUndefined()
    })

    test('the log of a process is listed, and outlives it', async () => {
      const bench = aBench()
      const program = `bench-${bench.name}-1`
      await runner.ensureBench(bench)
      await healthy(bench.name, 1)
      await runner.removeBench(bench.name)
      await fixture.print(program, 'a line')
      const found = (await runner.listLogs()).find((log) => log.program === program)
      expect(found?.sizeBytes).toBeGreaterThan(0)
      expect(Date.parse(found?.newestAt ?? '')).toBeGreaterThan(0)
      expect((await runner.readLog(program, { limit: 1 })).lines).toMatchObject([{ message: 'a line' }])
    })

    test('the runner has a log of its own', async () => {
      expect((await runner.listLogs()).map((log) => log.program)).toContain('supervisor')
    })

    describe('reading a log', () => {
      const program = `bench-b${randomBytes(4).toString('hex')}-1`
      const line = (level: string, msg: string, more: object = {}) =>
        JSON.stringify({ level, time: '2026-01-31T12:00:00.000Z', name: 'x', pid: 1, ...more, msg })
      const messages = async (query: LogQuery) =>
        (await runner.readLog(program, query)).lines.map(({ message }) => message)
      beforeAll(() =>
        fixture.print(
          program,
          line('info', 'one', { site: 'site-a', requestId: 'r1', status: 200 }),
          line('warn', 'two', { siteId: 'site-b', operationId: 'o1' }),
          'Error: three',
          line('error', 'four says "no"', { site: 'site-a' }),
        ),
      )

      test('lines of JSON come parsed, others as text, oldest first', async () => {
        const { lines } = await runner.readLog(program)
        expect(new Set(lines.map(({ position }) => position)).size).toBe(4)
        const rest = { at: '2026-01-31T12:00:00.000Z' }
        const none = { operation: null, requestId: null }
        expect(lines.map(({ position: _, ...line }) => line)).toEqual([
          { ...rest, ...none, level: 'info', message: 'one', site: 'site-a', requestId: 'r1', fields: { pid: 1, status: 200 } },
          { ...rest, ...none, level: 'warn', message: 'two', site: 'site-b', operation: 'o1', fields: { pid: 1 } },
          { ...rest, ...none, at: null, level: null, message: 'Error: three', site: null, fields: {} },
          { ...rest, ...none, level: 'error', message: 'four says "no"', site: 'site-a', fields: { pid: 1 } },
        ]) // prettier-ignore
      })

      test('a page at a time, both ways, gives every line once', async () => {
        const newest = await runner.readLog(program, { limit: 3 })
        const oldest = await runner.readLog(program, { limit: 3, before: newest.older ?? '' })
        expect(oldest.older).toBeNull()
        const found = [...oldest.lines, ...newest.lines]
        expect(found.map(({ message }) => message)).toEqual(['one', 'two', 'Error: three', 'four says "no"'])
        const first = await runner.readLog(program, { limit: 3, after: found[0]?.position })
        const rest = await runner.readLog(program, { limit: 3, after: first.newer })
        expect([...first.lines, ...rest.lines]).toEqual(found)
        expect(await messages({ after: rest.newer })).toEqual([])
        expect(newest.newer).toBe(rest.newer)
      })

      test('by text whatever its case, by level and by site', async () => {
        expect(await messages({ search: 'ERROR: T' })).toEqual(['Error: three'])
        expect(await messages({ search: 'says "NO"' })).toEqual(['four says "no"'])
        expect(await messages({ search: 'nothing like it' })).toEqual([])
        expect(await messages({ level: 'warn' })).toEqual(['two', 'Error: three', 'four says "no"'])
        expect(await messages({ site: 'site-a' })).toEqual(['one', 'four says "no"'])
        expect(await messages({ site: 'site-' })).toEqual([])
        expect(await messages({ site: 'site-a', level: 'error' })).toEqual(['four says "no"'])
      })

      test('of a program without a log is not found, and no name is a path', async () => {
        for (const name of ['bench-nobody-1', '', '../master', '..%2fmaster', '/etc/passwd', `${program}.log`])
          await expect(runner.readLog(name)).rejects.toMatchObject({ kind: 'not-found' })
      })

      test('from what is no position is refused', async () => {
        await expect(runner.readLog(program, { before: 'yesterday' })).rejects.toMatchObject({ kind: 'refused' })
      })
    })

    test('what nobody asked for is not found', async () => {
      await expect(runner.restartBench('nobody')).rejects.toMatchObject({ kind: 'not-found' })
    })

    test.each(['', 'A', '../x', 'a/b', 'a_b', 'a'.repeat(15), '-a', 'a-', 'é', 'a%2Fb'])(
      'the bench name %j is refused',
      async (name) => {
        await expect(runner.ensureBench(aBench({ name }))).rejects.toMatchObject({ kind: 'refused' })
        await expect(runner.removeBench(name)).rejects.toMatchObject({ kind: 'refused' })
      },
    )

    test.each([
      { processes: 0 },
      { processes: 17 },
      { processes: 1.5 },
      { memoryMb: 0 },
      { memoryMb: 1e9 },
      { release: '' },
      { release: '--eval' },
    ])('the request %j is refused', async (wrong) => {
      await expect(runner.ensureBench(aBench(wrong))).rejects.toMatchObject({ kind: 'refused' })
    })

    test('a runner that works says so', async () => {
      expect(await runner.check()).toMatchObject({ ok: true })
    })
  })
}
