import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { temporaryDirectory, type TemporaryDirectory, type TestDatabase } from '../../testing/index.ts'
import { survivesKillAtEachStep } from './index.ts'
import { buildToy, toyDatabase, toyWorld } from './toy.ts'
import type { ToyWorkerOptions } from './toy-worker.ts'
import { finish, look, startIn } from './world.ts'

const LEASE_MS = 600

let database: TestDatabase
let directory: TemporaryDirectory

beforeAll(async () => {
  database = await toyDatabase()
  directory = await temporaryDirectory()
})
afterAll(async () => {
  await database.drop()
  await directory.remove()
})

function startWorker(
  options: Pick<ToyWorkerOptions, 'operationId' | 'killPoint' | 'hangAfter' | 'hangMs'>,
): ChildProcess {
  const all: ToyWorkerOptions = { database: database.name, directory: directory.path, leaseMs: LEASE_MS, ...options }
  return spawn(process.execPath, [fileURLToPath(new URL('./toy-worker.ts', import.meta.url)), JSON.stringify(all)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

test(
  'another worker finishes an operation whose worker was killed, at each point of each step',
  { timeout: 120_000 },
  () =>
    survivesKillAtEachStep(toyWorld(database, directory.path, buildToy), {
      spawn: (killPoint, operationId) => startWorker({ operationId, killPoint }),
    }),
)

test(
  'a worker whose event loop hangs loses its operation and changes nothing when it wakes',
  { timeout: 60_000 },
  async () => {
    const world = toyWorld(database, directory.path, buildToy)
    const id = await startIn(world, await world.input())
    const worker = startWorker({ operationId: id, hangAfter: 'make-folder', hangMs: 4_000 })
    await once(worker.stdout ?? worker, 'data')
    const view = await finish(world, id)
    expect(worker.exitCode).toBeNull()
    const [code] = await once(worker, 'exit')
    expect({ code, view: await look(world, id) }).toEqual({ code: 0, view })
    expect(view.state).toBe('succeeded')
  },
)

test('a worker paused by SIGSTOP past its lease stops in silence when it goes on', { timeout: 60_000 }, async () => {
  const world = toyWorld(database, directory.path, buildToy)
  const id = await startIn(world, await world.input())
  const worker = startWorker({ operationId: id, hangAfter: 'reserve-name', hangMs: 300 })
  await once(worker.stdout ?? worker, 'data')
  worker.kill('SIGSTOP')
  const view = await finish(world, id)
  worker.kill('SIGCONT')
  const [code] = await once(worker, 'exit')
  expect({ code, view: await look(world, id) }).toEqual({ code: 0, view })
  expect(view.state).toBe('succeeded')
})
