import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { rows, sql, withScope, type Db } from '../sql/index.ts'
import { eventually, temporaryDirectory, type TemporaryDirectory, type TestDatabase } from '../testing/index.ts'
import {
  cancelOperation,
  isTerminal,
  OperationRunner,
  readOperation,
  readOperationLog,
  startOperation,
  type OperationDefinition,
  type OperationRunnerOptions,
  type OperationView,
} from './index.ts'
import { buildToy, toyDatabase, toyOperation, toySteps, type ToyDeps, type ToyInput } from './testing/toy.ts'

type Toy = OperationDefinition<ToyInput, ToyDeps>
type ToyStep = Toy['draft']['steps'][number]

let database: TestDatabase
let worker: Db
let directory: TemporaryDirectory
const runners: OperationRunner<ToyDeps>[] = []

beforeAll(async () => {
  database = await toyDatabase()
  worker = database.connect('platen_worker')
  directory = await temporaryDirectory()
})
afterEach(async () => {
  await Promise.all(runners.splice(0).map((runner) => runner.stop()))
})
afterAll(async () => {
  await database.drop()
  await directory.remove()
})

function newRunner(
  definitions: Toy | Toy[],
  options: Partial<OperationRunnerOptions<ToyDeps>> = {},
): OperationRunner<ToyDeps> {
  const runner = new OperationRunner({
    db: worker,
    connection: database.createConnection('platen_worker'),
    definitions: [definitions].flat(),
    deps: { directory: directory.path },
    workerId: newId(),
    random: () => 0,
    ...options,
  })
  runners.push(runner)
  return runner
}

function begin(definition: Toy, tenantId: string | null = null): Promise<string> {
  const request = {
    definition,
    input: { name: newId() },
    subject: { kind: 'site', id: newId() },
    tenantId,
    actorId: null,
  }
  return withScope(worker, { operator: true }, (tx) => startOperation(tx, request))
}

async function see(id: string): Promise<OperationView> {
  const view = await readOperation(database.db, id)
  if (view === undefined) throw new Error(`no operation ${id}`)
  return view
}

const cancel = (id: string): Promise<void> =>
  withScope(worker, { operator: true }, (tx) => cancelOperation(tx, id, 'me'))

const untilEnd = (id: string): Promise<OperationView | undefined> =>
  eventually(async () => ((await see(id)).endedAt === null ? undefined : see(id)), {
    timeoutMs: 15_000,
    describe: 'the end',
  })

/** A step that does what it is told and nothing else. */
function step(name: string, facts: Partial<ToyStep> = {}): ToyStep {
  return { name, run: async () => {}, undo: 'nothing-to-undo', ...facts }
}

function transient(message: string): Error {
  return Object.assign(new Error(message), { kind: 'unavailable', retryable: true })
}

describe('a started runner', () => {
  test('is nudged and runs an operation at once', async () => {
    await newRunner(buildToy, { sweepMs: 60_000 }).start()
    const begunAtMs = performance.now()
    const id = await begin(buildToy)
    expect(await untilEnd(id)).toMatchObject({ state: 'succeeded', progress: 1 })
    // Far from the sweep, and far from what a busy machine needs.
    expect(performance.now() - begunAtMs).toBeLessThan(20_000)
  })

  test('finds operations whose nudge was lost', async () => {
    const id = await begin(buildToy)
    await sql`delete from graphile_worker._private_jobs`.execute(database.db)
    await newRunner(buildToy, { sweepMs: 100 }).start()
    expect(await untilEnd(id)).toMatchObject({ state: 'succeeded' })
  })

  test('takes no more operations at once than it may, and all in the end', async () => {
    let running = 0
    let most = 0
    const slow = toyOperation('build-slowly', [
      step('wait', {
        run: async () => {
          most = Math.max(most, (running += 1))
          await new Promise((resolve) => setTimeout(resolve, 20))
          running -= 1
        },
      }),
    ])
    await newRunner(slow, { concurrency: 2, sweepMs: 100 }).start()
    const ids = await Promise.all(Array.from({ length: 8 }, () => begin(slow)))
    for (const id of ids) expect(await untilEnd(id)).toMatchObject({ state: 'succeeded' })
    expect(most).toBe(2)
  })

  test('gives its operation back when it stops, and the next goes on', async () => {
    const reached = Promise.withResolvers<void>()
    const patient = toyOperation('build-patiently', [
      toySteps.reserveName,
      step('wait', {
        run: async ({ signal, fence }) => {
          if (fence > 1) return
          reached.resolve()
          await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        },
      }),
    ])
    const first = newRunner(patient)
    await first.start()
    const id = await begin(patient)
    await reached.promise
    await runners.splice(runners.indexOf(first), 1)[0]?.stop()
    expect(await see(id)).toMatchObject({ state: 'running', endedAt: null })
    await newRunner(patient).run(id)
    expect(await see(id)).toMatchObject({ state: 'succeeded', problem: null })
  })
})

describe('two runners', () => {
  test('racing for one operation run each step once', async () => {
    let runs = 0
    const counted = toyOperation('build-counted', [step('count', { run: async () => void (runs += 1) })])
    for (let round = 1; round <= 20; round += 1) {
      const id = await begin(counted)
      const pair = [newRunner(counted), newRunner(counted)]
      await Promise.all(pair.map((runner) => runner.run(id)))
      expect({ state: (await see(id)).state, runs }).toEqual({ state: 'succeeded', runs: round })
      await Promise.all(runners.splice(0).map((runner) => runner.stop()))
    }
  })

  test('hand over by lease: the one that lost it is told by its signal and its writes are refused', async () => {
    const reached = Promise.withResolvers<void>()
    const refused = Promise.withResolvers<unknown>()
    const stolen = toyOperation('build-stolen', [
      step('hold', {
        run: async ({ signal, fence, write }) => {
          if (fence > 1) return
          reached.resolve()
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
          await write(async () => {}).then(refused.resolve, refused.resolve)
        },
      }),
    ])
    const id = await begin(stolen)
    const first = newRunner(stolen, { leaseMs: 30_000, heartbeatMs: 100 })
    const running = first.run(id)
    await reached.promise
    await sql`update operations.operations set lease_until = clock_timestamp() - interval '1 s' where id = ${id}`.execute(
      database.db,
    )
    await newRunner(stolen).run(id)
    await running
    expect(await refused.promise).toMatchObject({ name: 'LeaseLost' })
    expect(await see(id)).toMatchObject({ state: 'succeeded' })
  })

  test('write through the fence only: a lease stolen unnoticed stops the old owner at its next write', async () => {
    const reached = Promise.withResolvers<void>()
    const gate = Promise.withResolvers<void>()
    const outcomes: string[] = []
    const stolen = toyOperation('build-stolen', [
      step('hold', {
        run: async ({ fence, write, input }) => {
          if (fence === 1) {
            reached.resolve()
            await gate.promise
          }
          await write((tx) =>
            sql`insert into toy.names values (${`${input.name}-${fence}`}, ${newId()})`.execute(tx),
          ).then(
            () => outcomes.push(`fence ${fence} wrote`),
            (error: Error) => outcomes.push(`fence ${fence} got ${error.name}`),
          )
        },
      }),
    ])
    const id = await begin(stolen)
    const running = newRunner(stolen).run(id)
    await reached.promise
    await sql`update operations.operations set lease_until = clock_timestamp() - interval '1 s' where id = ${id}`.execute(
      database.db,
    )
    await newRunner(stolen).run(id)
    gate.resolve()
    await running
    await eventually(() => expect(outcomes).toEqual(['fence 2 wrote', 'fence 1 got LeaseLost']) ?? true)
  })

  test('ask the takeover hook before the second does anything, and wait while it fails', async () => {
    const calls: string[] = []
    const tagged = toyOperation('build-tagged', [
      step('note', { run: async ({ tag }) => void calls.push(`run ${tag}`) }),
    ])
    const id = await begin(tagged)
    await sql`update operations.operations set fence = 4, state = 'running' where id = ${id}`.execute(database.db)
    let failures = 1
    const runner = newRunner(tagged, {
      onTakeover: async (previousTag, { tagPrefix, tag }) => {
        calls.push(`end ${previousTag} of ${tagPrefix} but ${tag}`)
        if ((failures -= 1) >= 0) throw transient('database away')
      },
    })
    await runner.run(id)
    await runner.run(id)
    expect(calls).toEqual([
      `end op:${id}:4 of op:${id}: but op:${id}:5`,
      `end op:${id}:5 of op:${id}: but op:${id}:6`,
      `run op:${id}:6`,
    ])
  })
})

describe('a failing step', () => {
  test('is repeated while its error is worth it', async () => {
    const attempts: number[] = []
    const shaky = toyOperation('build-shaky', [
      step('shake', {
        run: async ({ attempt }) => {
          attempts.push(attempt)
          if (attempt < 3) throw transient('not yet')
        },
        retry: { attempts: 3, baseMs: 1 },
      }),
    ])
    const id = await begin(shaky)
    await newRunner(shaky).run(id)
    expect({ attempts, view: await see(id) }).toMatchObject({
      attempts: [1, 2, 3],
      view: { state: 'succeeded', steps: [{ attempt: 3, problem: null }] },
    })
  })

  test('unwinds when its attempts are used up, and says why', async () => {
    const shaky = toyOperation('build-shaky', [
      toySteps.reserveName,
      step('shake', { run: () => Promise.reject(transient('S3 is away')), retry: { attempts: 2, baseMs: 1 } }),
      step('never'),
    ])
    const id = await begin(shaky)
    await newRunner(shaky).run(id)
    const problem = { code: 'operation-step-unavailable', detail: 'shake: S3 is away', retryable: true }
    expect(await see(id)).toMatchObject({
      state: 'failed',
      progress: 0,
      problem,
      steps: [{ state: 'undone' }, { state: 'undone', attempt: 2, problem }, { state: 'skipped', attempt: 0 }],
    })
  })

  test('that takes too long is told so, and unwinds', async () => {
    const endless = toyOperation('build-endlessly', [
      step('wait', {
        run: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
        timeoutMs: 30,
        retry: { attempts: 1, baseMs: 1 },
      }),
    ])
    const id = await begin(endless)
    await newRunner(endless).run(id)
    expect(await see(id)).toMatchObject({ state: 'failed', problem: { code: 'operation-step-timeout' } })
  })

  test('that does not stop when told is left behind a new fence before anything is undone', async () => {
    const events: string[] = []
    const deaf = toyOperation('build-deaf', [
      step('ignore', {
        run: () => new Promise(() => {}),
        undo: async ({ fence }) => void events.push(`undone at fence ${fence}`),
        timeoutMs: 30,
        retry: { attempts: 1, baseMs: 1 },
      }),
    ])
    const id = await begin(deaf)
    const runner = newRunner(deaf, { abortGraceMs: 30, onTakeover: async (tag) => void events.push(`ended ${tag}`) })
    await runner.run(id)
    await runner.run(id)
    expect(events).toEqual([`ended op:${id}:1`, 'undone at fence 2'])
    expect(await see(id)).toMatchObject({ state: 'failed' })
  })

  test('keeps what it was told out of its problem and its log', async () => {
    const leaky = toyOperation('build-leaky', [
      step('leak', {
        run: async ({ log }) => {
          await log('connecting with password=hunter2')
          throw new Error('postgres://me:hunter2@db refused')
        },
      }),
    ])
    const id = await begin(leaky)
    await newRunner(leaky).run(id)
    const stored = await rows(
      database.db,
      sql`select o::text, s::text, l::text from operations.operations o
      join operations.operation_steps s on s.operation_id = o.id join operations.log_lines l on l.operation_id = o.id where o.id = ${id}`,
    )
    expect(stored.length).toBeGreaterThan(0)
    expect(JSON.stringify(stored)).not.toContain('hunter2')
  })

  test('that keeps killing its worker is given up', async () => {
    const deadly = toyOperation('build-deadly', [step('die')])
    const id = await begin(deadly)
    await sql`update operations.operation_steps set state = 'running', attempt = 10 where operation_id = ${id}`.execute(
      database.db,
    )
    await sql`update operations.operations set fence = 10, state = 'running' where id = ${id}`.execute(database.db)
    await newRunner(deadly).run(id)
    expect(await see(id)).toMatchObject({ state: 'failed', problem: { code: 'operation-step-crashes' } })
  })
})

describe('a failing undo', () => {
  test('is repeated for ever, calls for attention, and ends the operation once it succeeds', async () => {
    const states: string[] = []
    let ids = ''
    const stubborn = toyOperation('build-stubborn', [
      step('stick', {
        undo: async ({ attempt }) => {
          states.push((await see(ids)).state)
          if (attempt < 5) throw new Error('still stuck')
        },
      }),
      step('fail', { run: () => Promise.reject(new Error('no')) }),
    ])
    const id = (ids = await begin(stubborn))
    await newRunner(stubborn, { attentionAfter: 3 }).run(id)
    expect(states).toEqual(['undoing', 'undoing', 'undoing', 'needs-attention', 'needs-attention'])
    expect(await see(id)).toMatchObject({ state: 'failed' })
  })

  test('that waits long gives the claim back until its time has come', async () => {
    const slow = toyOperation('build-slow', [
      step('stick', {
        undo: async ({ attempt }) => {
          if (attempt < 2) throw new Error('still stuck')
        },
      }),
      step('fail', { run: () => Promise.reject(new Error('no')) }),
    ])
    const id = await begin(slow)
    const runner = newRunner(slow, { parkAfterMs: 10, random: () => 0.5 })
    await runner.run(id)
    const parked = await rows(
      database.db,
      sql`select state, lease_until, not_before > now() as waits from operations.operations where id = ${id}`,
    )
    expect(parked).toEqual([{ state: 'undoing', lease_until: null, waits: true }])
    await runner.run(id)
    expect(await see(id)).toMatchObject({ state: 'undoing' })
    await eventually(async () => runner.run(id).then(async () => isTerminal((await see(id)).state)))
    expect(await see(id)).toMatchObject({ state: 'failed' })
  })

  test('the closing hook learns how it ended, after everything is undone', async () => {
    const outcomes: unknown[] = []
    const closing = toyOperation('build-closing', [step('fail', { run: () => Promise.reject(new Error('no')) })])
    const definition: Toy = {
      ...closing,
      bind: (input) => ({
        ...closing.bind(input),
        onFailed: async ({ operationId }, outcome) =>
          void outcomes.push(outcome.state, outcome.problem?.code, (await see(operationId)).steps[0]?.state),
      }),
    }
    const id = await begin(definition)
    await newRunner(definition).run(id)
    expect(outcomes).toEqual(['failed', 'operation-step-failed', 'undone'])
  })
})

describe('the point of no return', () => {
  const failing = (times: number): ToyStep =>
    step('finish', {
      run: async ({ attempt }) => {
        if (attempt <= times) throw new Error('a permanent error')
      },
    })

  test('behind it even permanent errors are repeated until they pass', async () => {
    const undone: string[] = []
    const definition = toyOperation('build-beyond', [
      step('commit', { pivot: true, undo: async () => void undone.push('commit') }),
      failing(7),
    ])
    const id = await begin(definition)
    await newRunner(definition, { attentionAfter: 3 }).run(id)
    expect({ undone, view: await see(id) }).toMatchObject({
      undone: [],
      view: { state: 'succeeded', steps: [{ attempt: 1 }, { attempt: 8 }] },
    })
  })

  test('an unknown outcome of it is never undone but tried again, however often', async () => {
    const undone: string[] = []
    const commit = step('commit', {
      pivot: true,
      retry: { attempts: 1, baseMs: 1 },
      run: async ({ attempt }) => {
        if (attempt <= 4) throw transient('no answer')
      },
    })
    const definition = toyOperation('build-doubt', [
      step('prepare', { undo: async () => void undone.push('prepare') }),
      commit,
    ])
    const id = await begin(definition)
    await newRunner(definition).run(id)
    expect({ undone, view: await see(id) }).toMatchObject({
      undone: [],
      view: { state: 'succeeded', steps: [{}, { attempt: 5 }] },
    })
  })

  test('a permanent failure of it is undone', async () => {
    const definition = toyOperation('build-refused', [
      toySteps.reserveName,
      step('commit', { pivot: true, run: () => Promise.reject(new Error('refused')) }),
    ])
    const id = await begin(definition)
    await newRunner(definition).run(id)
    expect(await see(id)).toMatchObject({ state: 'failed', steps: [{ state: 'undone' }, { state: 'undone' }] })
  })

  test('cancelling is refused behind it', async () => {
    const gate = Promise.withResolvers<void>()
    const definition = toyOperation('build-beyond', [
      step('commit', { pivot: true }),
      step('wait', { run: () => gate.promise }),
    ])
    const id = await begin(definition)
    const running = newRunner(definition).run(id)
    await eventually(async () => (await see(id)).steps[1]?.state === 'running')
    await expect(cancel(id)).rejects.toThrow('operation-past-pivot')
    expect(await see(id)).toMatchObject({ cancellable: false })
    gate.resolve()
    await running
    expect(await see(id)).toMatchObject({ state: 'succeeded' })
  })
})

describe('cancelling', () => {
  test('interrupts the running step, undoes what was done, and ends as cancelled', async () => {
    const definition = toyOperation('build-cancelled', [
      toySteps.reserveName,
      step('wait', {
        run: ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
      }),
      step('never'),
    ])
    await newRunner(definition).start()
    const id = await begin(definition)
    await eventually(async () => (await see(id)).steps[1]?.state === 'running')
    await cancel(id)
    expect(await untilEnd(id)).toMatchObject({
      state: 'cancelled',
      problem: null,
      cancelRequested: true,
      steps: [{ state: 'undone' }, { state: 'undone' }, { state: 'skipped' }],
    })
  })

  test('an operation that nobody has begun runs none of its steps', async () => {
    const id = await begin(buildToy)
    await cancel(id)
    await newRunner(buildToy).run(id)
    const view = await see(id)
    expect({ state: view.state, steps: view.steps.map((each) => [each.state, each.attempt]) }).toEqual({
      state: 'cancelled',
      steps: [
        ['skipped', 0],
        ['skipped', 0],
        ['skipped', 0],
        ['skipped', 0],
      ],
    })
  })

  test('twice is once, and an ended operation refuses it', async () => {
    const id = await begin(buildToy)
    await cancel(id)
    await cancel(id)
    await newRunner(buildToy).run(id)
    await expect(cancel(id)).rejects.toThrow('operation-ended')
    await expect(cancel(newId())).rejects.toThrow('operation-not-found')
  })
})

describe('versions', () => {
  const first = toyOperation('build-versioned', [step('old-one'), step('old-two')], 1)
  const second = toyOperation('build-versioned', [step('new-one')], 2)

  test('an operation ends on the step list it began with', async () => {
    const id = await begin(first)
    await newRunner([first, second]).run(id)
    expect((await see(id)).steps.map((each) => [each.name, each.state])).toEqual([
      ['old-one', 'succeeded'],
      ['old-two', 'succeeded'],
    ])
  })

  test('a worker without that version leaves it to others', async () => {
    const id = await begin(first)
    await newRunner(second).run(id)
    expect(await see(id)).toMatchObject({ state: 'pending', startedAt: null })
  })

  test('a step list that was edited without a new version is refused and calls for attention', async () => {
    const id = await begin(first)
    await newRunner(toyOperation('build-versioned', [step('old-one'), step('other')], 1)).run(id)
    expect(await see(id)).toMatchObject({ state: 'needs-attention', problem: { code: 'operation-definition-changed' } })
    await sql`update operations.operations set not_before = null where id = ${id}`.execute(database.db)
    await newRunner(first).run(id)
    expect(await see(id)).toMatchObject({ state: 'succeeded', problem: null })
  })
})

describe('the scope of a step', () => {
  test('is its tenant, unless it asks for the operator', async () => {
    const tenantId = newId()
    const scopes: unknown[] = []
    const scoped = toyOperation('build-scoped', [
      step('look', {
        run: async ({ write }) => {
          const look = sql`select current_setting('app.tenant') as tenant, current_setting('app.operator') as operator`
          scopes.push(await write((tx) => rows(tx, look)), await write((tx) => rows(tx, look), { operator: true }))
        },
      }),
    ])
    await newRunner(scoped).run(await begin(scoped, tenantId))
    expect(scopes).toEqual([[{ tenant: tenantId, operator: '' }], [{ tenant: tenantId, operator: 'on' }]])
  })

  test('ends with its attempt: a late write is refused', async () => {
    const late = Promise.withResolvers<unknown>()
    const tardy = toyOperation('build-tardy', [
      step('leave', {
        run: async ({ write }) =>
          void setTimeout(() => void write(async () => {}).then(late.resolve, late.resolve), 50),
      }),
    ])
    await newRunner(tardy).run(await begin(tardy))
    expect(await late.promise).toMatchObject({
      message: expect.stringContaining('after its attempt was over') as string,
    })
  })
})

test('log lines are kept in order, with their step', async () => {
  const chatty = toyOperation('build-chatty', [
    step('talk', { run: async ({ log }) => void (await log('one'), await log('two')) }),
    step('answer', { run: async ({ log }) => log('three') }),
  ])
  const id = await begin(chatty)
  await newRunner(chatty).run(id)
  const lines = await readOperationLog(database.db, id)
  expect(lines.map((line) => `${line.step}: ${line.message}`)).toEqual(['talk: one', 'talk: two', 'answer: three'])
  expect(await readOperationLog(database.db, id, { after: lines[1]?.id ?? '' })).toHaveLength(1)
})

test('a database that ends all connections in the middle delays an operation and does not fail it', async () => {
  const cut = toyOperation('build-cut', [
    toySteps.reserveName,
    step('cut', {
      run: async ({ fence }) => {
        if (fence > 1) return
        await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename = current_user
          and pid <> pg_backend_pid()`.execute(database.db)
      },
    }),
    toySteps.makeFolder,
  ])
  const id = await begin(cut)
  await newRunner(cut).run(id)
  expect(await see(id)).toMatchObject({ state: 'succeeded', problem: null })
})
