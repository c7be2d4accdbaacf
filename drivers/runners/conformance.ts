import { randomBytes } from 'node:crypto'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BenchRequest, Runner } from './contract.ts'

export interface RunnerFixture {
  runner: Runner
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

    test('what a process printed can be read, at most as many lines as asked', async () => {
      const bench = aBench()
      await runner.ensureBench(bench)
      await healthy(bench.name, 1)
      await eventually(async () => (await runner.logs(`bench-${bench.name}-1`)).length > 0)
      expect((await runner.logs(`bench-${bench.name}-1`, { lines: 1 })).length).toBeLessThanOrEqual(1)
      await runner.removeBench(bench.name)
    })

    test('what nobody asked for is not found', async () => {
      await expect(runner.restartBench('nobody')).rejects.toMatchObject({ kind: 'not-found' })
      await expect(runner.logs('bench-nobody-1')).rejects.toMatchObject({ kind: 'not-found' })
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
