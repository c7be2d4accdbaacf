import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { eventually } from '../../kit/testing/index.ts'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { assertConverged, CellsFailed, faultTable, NotConverged, pause, randomFrom, resume, tmpfs } from './index.ts'
import type { FaultCell } from './index.ts'

describe('random', () => {
  test('the same seed gives the same numbers and is printed', () => {
    const printed = vi.spyOn(console, 'log').mockImplementation(() => {})
    const draw = () => {
      const random = randomFrom(42)
      return [random.next(), random.integer(1, 6), random.pick(['a', 'b', 'c']), random.shuffle([1, 2, 3, 4, 5])]
    }
    expect(draw()).toEqual(draw())
    expect(printed).toHaveBeenCalledWith(expect.stringContaining('PLATEN_TEST_SEED=42'))
  })

  test('a fork depends on seed and label, not on what was drawn before', () => {
    const [one, other] = [randomFrom(7), randomFrom(7)]
    one.next()
    expect(one.fork('x').next()).toBe(other.fork('x').next())
    expect(one.fork('x').next()).not.toBe(one.fork('y').next())
  })

  test('numbers are spread evenly and within bounds', () => {
    const random = randomFrom(1)
    const counts = Array.from({ length: 6 }, () => 0)
    for (let index = 0; index < 60_000; index++) counts[random.integer(1, 6) - 1]! += 1
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })
})

describe('a small disk', () => {
  test('is full when it is full, keeps what was there, and has room again after a removal', async (context) => {
    const disk = await tmpfs(2)
    if (disk === undefined) return context.skip('this process may not mount')
    const kept = join(disk.path, 'kept')
    await writeFile(kept, 'before')
    await expect(writeFile(join(disk.path, 'large'), Buffer.alloc(4_000_000))).rejects.toMatchObject({ code: 'ENOSPC' })
    expect(await readFile(kept, 'utf8')).toBe('before')
    expect(await disk.freeBytes()).toBeLessThan(100_000)
    await disk.remove()
    await disk.remove()
    await expect(stat(disk.path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('goes also while a file in it is open', async (context) => {
    const disk = await tmpfs(1)
    if (disk === undefined) return context.skip('this process may not mount')
    const file = await open(join(disk.path, 'open'), 'w')
    await disk.remove()
    await expect(stat(disk.path)).rejects.toMatchObject({ code: 'ENOENT' })
    await file.close()
  })
})

test('a paused process does nothing until it is resumed, and then goes on', async () => {
  const child = spawn(process.execPath, ['--eval', 'let n = 0; setInterval(() => console.log(n++), 20)'])
  const lines: string[] = []
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  await eventually(() => lines.length > 2)
  const pid = child.pid ?? 0
  await pause(pid)
  // What was in the pipe arrives; then nothing does.
  const quiet = async () => {
    const before = lines.length
    await new Promise((resolve) => setTimeout(resolve, 200))
    return lines.length === before
  }
  await eventually(quiet)
  const paused = lines.length
  await resume(pid)
  await eventually(() => lines.length > paused)
  child.kill('SIGKILL')
  await once(child, 'exit')
})

describe('assertConverged', () => {
  const reads = (name: string, ...values: unknown[]) => ({
    name,
    read: async () => (values.length > 1 ? values.shift() : values[0]),
  })

  test('waits until the inventories agree', async () => {
    const inventories = [reads('rows', ['a'], ['a', 'b']), reads('databases', [], [], ['a', 'b'])]
    expect(await assertConverged(inventories, { timeoutMs: 2_000, pollMs: 10 })).toBeGreaterThanOrEqual(20)
  })

  test('names the one that differs, with both sides', async () => {
    const inventories = [reads('rows', ['a']), reads('roles', ['a']), reads('databases', ['a', 'orphan'])]
    const error: unknown = await assertConverged(inventories, { timeoutMs: 50, pollMs: 10 }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(NotConverged)
    expect(error).toMatchObject({ names: ['databases'] })
    expect(String(error)).toContain("databases has [ 'orphan' ] too many\n    (rows has 1, it has 2)")
  })

  test('lists are told by their difference, everything else by both sides', async () => {
    const verdict = (found: unknown, expected: unknown) =>
      assertConverged([{ ...reads('x', found), expected }], { timeoutMs: 1 })
    await expect(verdict(['a', 'b'], ['b', 'c'])).rejects.toThrow("x has [ 'a' ] too many, lacks [ 'c' ]")
    await expect(verdict(['a', 'a'], ['a'])).rejects.toThrow('the same in another order or number')
    await expect(verdict(1, 2)).rejects.toThrow('x has 1\n    but expected was 2')
  })

  test('compares with what was expected where something was', async () => {
    const inventories = [
      { ...reads('left over', [1]), expected: [] },
      { ...reads('leases', 0), expected: 0 },
    ]
    await expect(assertConverged(inventories, { timeoutMs: 20 })).rejects.toMatchObject({ names: ['left over'] })
  })

  test('one that never answers has not converged either, and does not hold up the verdict', async () => {
    const silent = { name: 'silent', read: () => new Promise(() => {}) }
    await expect(assertConverged([reads('rows', 1), silent], { timeoutMs: 50 })).rejects.toThrow(
      'silent has (not readable: no answer in time)',
    )
  })

  test('one that cannot be read has not converged, also when all cannot', async () => {
    const broken = (name: string) => ({ name, read: () => Promise.reject(new Error('gone')) })
    await expect(assertConverged([broken('a'), broken('b')], { timeoutMs: 20 })).rejects.toThrow(
      'a has (not readable: gone)',
    )
  })
})

describe('a fault table', () => {
  // Seeds are given here; printing them tells nobody anything.
  beforeEach(() => void vi.spyOn(console, 'log').mockImplementation(() => {}))
  const cell = (step: string, fault: string, run: FaultCell['run'] = async () => 'active'): FaultCell => ({
    step,
    fault,
    run,
  })
  const grid = ['a', 'b', 'c'].flatMap((step) => ['kill', 'reset', 'slow'].map((fault) => cell(step, fault)))

  test('prints every cell with its seed and outcome', async () => {
    let printed = ''
    const print = (table: string) => void (printed = table)
    const notThere = { step: 'b', fault: 'full disk', notApplicable: 'writes nothing' }
    const rows = await faultTable({
      title: 'toy',
      cells: [...grid, notThere],
      random: randomFrom(5),
      concurrency: 3,
      print,
    })
    expect(rows.map(({ step, fault }) => `${step} ${fault}`)).toEqual(
      [...grid, notThere].map(({ step, fault }) => `${step} ${fault}`),
    )
    expect(printed).toMatch(/^toy, seed 5, 10 of 10 cells\n/)
    expect(printed).toMatch(/ok\s+a\s+kill\s+0\.0 s\s+\d+\s+active\n/)
    expect(printed).toContain('not applicable: writes nothing')
  })

  test('fails with the cells that did not converge, after all have run', async () => {
    const broken = cell('b', 'kill', () => Promise.reject(new Error('roles has 2 of 4')))
    let ran = 0
    const last = cell('z', 'kill', async () => `ran ${(ran += 1)}`)
    const error: unknown = await faultTable({
      title: 'toy',
      cells: [broken, last],
      random: randomFrom(5),
      print: () => {},
    }).catch((e: unknown) => e)
    expect(error).toBeInstanceOf(CellsFailed)
    expect(String(error)).toContain(
      "b × kill: roles has 2 of 4\n  PLATEN_TEST_SEED=5 PLATEN_TEST_CELL='b × kill' repeats it",
    )
    expect(ran).toBe(1)
  })

  test('a known gap does not fail until it is closed', async () => {
    const knownGap = 'no time-out'
    const open = { ...cell('a', 'stranded', () => Promise.reject(new Error('hangs'))), knownGap }
    const [row] = await faultTable({ title: 'toy', cells: [open], random: randomFrom(5), print: () => {} })
    expect(row).toMatchObject({ failed: false, outcome: 'known gap: no time-out' })
    const closed = { ...cell('a', 'stranded'), knownGap }
    await expect(faultTable({ title: 'toy', cells: [closed], random: randomFrom(5), print: () => {} })).rejects.toThrow(
      'the known gap is closed',
    )
  })

  test('a sample is the same for the same seed and leaves out no step and no fault', async () => {
    const sample = async (seed: number) =>
      faultTable({ title: 'toy', cells: grid, random: randomFrom(seed), sample: 3, print: () => {} })
    for (const seed of [1, 2, 3]) {
      const rows = await sample(seed)
      expect(new Set(rows.map(({ step }) => step)).size).toBe(3)
      expect(new Set(rows.map(({ fault }) => fault)).size).toBe(3)
      const again = await sample(seed)
      expect(again.map(({ step, fault }) => step + fault)).toEqual(rows.map(({ step, fault }) => step + fault))
    }
  })

  test('a cell draws the same numbers whatever runs beside it', async () => {
    const drawn: number[] = []
    const drawing = cell('a', 'kill', async (random) => String(drawn.push(random.next())))
    await faultTable({ title: 'toy', cells: [drawing], random: randomFrom(9), print: () => {} })
    await faultTable({ title: 'toy', cells: [...grid, drawing], random: randomFrom(9), print: () => {} })
    expect(drawn[0]).toBe(drawn[1])
  })
})
