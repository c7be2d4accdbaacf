// `npm run bench:sites`: how long a new site takes from POST to its first 200 over HTTPS through the edge, beside a raw CREATE DATABASE
// of the same template in the same run. Starts a platform of its own. Arguments: how many sites (default 20).
import { randomBytes } from 'node:crypto'
import { provisionerConnection } from '@platen/drivers/databases'
import { openDatabase, rows, sql } from '@platen/kit/sql'
import { claim, startPlatform, unlimited, type RunningPlatform } from '../e2e/platform.ts'

interface Operation {
  state: string
  steps: { name: string; startedAt: string; endedAt: string }[]
}

interface Measured {
  totalMs: number
  operationId: string
}

const count = Number(process.argv[2] ?? 20)
const pollMs = 5
const platform = await startPlatform({ env: unlimited })
try {
  const token = await claim(platform, {
    email: 'bench@example.org',
    password: 'a benchmark has no secrets',
    name: 'Bench',
  })
  await createAndWait(token, 'warm-up')
  const raw: number[] = []
  const oneByOne: Measured[] = []
  const database = await rawDatabase(platform)
  for (let index = 0; index < count; index += 1) {
    raw.push(await database.create())
    oneByOne.push(await createAndWait(token, `serial-${index}`))
  }
  const atOnce = await Promise.all(
    Array.from({ length: count }, (_, index) => createAndWait(token, `parallel-${index}`)),
  )
  await database.remove()
  await report(token, raw, oneByOne, atOnce)
} finally {
  await platform.stop()
  await platform.remove()
}

async function createAndWait(token: string, name: string): Promise<Measured> {
  const startedMs = performance.now()
  const body = { name, adminEmail: 'admin@example.org', plan: 'starter' }
  const begun = await platform.call<{ operation: { id: string } }>('console', {
    method: 'POST',
    path: '/api/v1/sites',
    token,
    body,
  })
  if (begun.status !== 202) throw new Error(`creating ${name} answered ${begun.status}: ${begun.text}`)
  for (;;) {
    const answer = await platform.call(name, { path: '/api/v1/status' }).catch(() => undefined)
    if (answer?.status === 200) return { totalMs: performance.now() - startedMs, operationId: begun.body.operation.id }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

async function rawDatabase({ dataDirectory }: RunningPlatform) {
  const db = openDatabase({ ...(await provisionerConnection(dataDirectory, 'bench-raw')), max: 1 })
  const found = await rows(
    db,
    sql<{ datname: string }>`SELECT datname FROM pg_database WHERE datistemplate AND datname LIKE 't\\_%'`,
  )
  const template = found[0]?.datname
  if (template === undefined) throw new Error('the release has no template')
  const made: string[] = []
  return {
    async create(): Promise<number> {
      const name = `raw_${randomBytes(6).toString('hex')}`
      made.push(name)
      const startedMs = performance.now()
      await sql`CREATE DATABASE ${sql.id(name)} TEMPLATE ${sql.id(template)} STRATEGY wal_log`.execute(db)
      return performance.now() - startedMs
    },
    async remove(): Promise<void> {
      for (const name of made) await sql`DROP DATABASE ${sql.id(name)}`.execute(db)
      await db.destroy()
    },
  }
}

async function report(token: string, raw: number[], oneByOne: Measured[], atOnce: Measured[]): Promise<void> {
  const row = (name: string, times: readonly number[]): string =>
    `${name.padEnd(34)} p50 ${quantile(times, 0.5).toFixed(0).padStart(6)} ms   p95 ${quantile(times, 0.95).toFixed(0).padStart(6)} ms`
  const totals = oneByOne.map(({ totalMs }) => totalMs)
  console.log(row(`raw CREATE DATABASE (${count})`, raw))
  console.log(row(`one after the other (${count})`, totals))
  console.log(
    row(
      `all at once (${count})`,
      atOnce.map(({ totalMs }) => totalMs),
    ),
  )
  console.log('\nper step, one after the other:')
  const steps = await stepTimes(token, oneByOne)
  for (const [name, times] of steps) console.log(row(`  ${name}`, times))
  const over50 = quantile(totals, 0.5) - quantile(raw, 0.5)
  const over95 = quantile(totals, 0.95) - quantile(raw, 0.95)
  console.log(`\nover raw: p50 +${over50.toFixed(0)} ms (target 250), p95 +${over95.toFixed(0)} ms (target 500)`)
  console.log(
    `ratio: p50 ${(quantile(totals, 0.5) / quantile(raw, 0.5)).toFixed(2)} x raw, p95 ${(quantile(totals, 0.95) / quantile(raw, 0.95)).toFixed(2)} x raw`,
  )
}

async function stepTimes(token: string, measured: readonly Measured[]): Promise<Map<string, number[]>> {
  const times = new Map<string, number[]>()
  for (const { operationId } of measured) {
    let operation: Operation | undefined
    while (operation?.state !== 'succeeded') {
      operation = (await platform.call<Operation>('console', { path: `/api/v1/operations/${operationId}`, token })).body
      if (operation.state === 'failed') throw new Error(`operation ${operationId} failed`)
    }
    for (const { name, startedAt, endedAt } of operation.steps) {
      times.set(name, [...(times.get(name) ?? []), Date.parse(endedAt) - Date.parse(startedAt)])
    }
  }
  return times
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}
