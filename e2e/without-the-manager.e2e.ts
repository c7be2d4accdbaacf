// Static stability (design principle 4): the data plane works without the control plane.
import { readFile } from 'node:fs/promises'
import { runDirectory, socketPaths } from '@platen/kit/names'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { claim, startPlatform, type RunningPlatform } from './platform.ts'
import { aSite, setSitePassword } from './sites.ts'

const password = 'a password for the story 1'
let platform: RunningPlatform
let processes: { name: string; pid: number }[]

beforeAll(async () => {
  platform = await startPlatform()
  const owner = { email: 'owner@example.org', password, name: 'Owner' }
  const token = await claim(platform, owner)
  await aSite(platform, token, 'shop')
  await setSitePassword(platform, token, 'shop', password)
  processes = await runningProcesses()
})
afterAll(async () => {
  signal('manager', 'SIGCONT')
  await platform.stop()
  await platform.remove()
})

/** From the records that the supervisor keeps. */
async function runningProcesses(): Promise<{ name: string; pid: number }[]> {
  const file = socketPaths(runDirectory(platform.dataDirectory)).processes
  const records = JSON.parse(await readFile(file, 'utf8')) as { children: { name: string; pid: number }[] } // supervisor/src/records.ts
  return records.children
}

function signal(name: string, how: NodeJS.Signals): void {
  for (const child of processes.filter((candidate) => candidate.name.startsWith(name))) process.kill(child.pid, how)
}

const signIn = () =>
  platform.call<{ accessToken: string }>('shop', {
    method: 'POST',
    path: '/api/v1/auth/login',
    body: { email: 'admin@example.org', password },
  })

async function expectToServe(): Promise<void> {
  const session = await signIn()
  expect(session.status).toBe(200)
  const products = await platform.call('shop', { path: '/api/v1/products', token: session.body.accessToken })
  expect(products.status).toBe(200)
}

describe('while the manager is stopped', () => {
  beforeAll(() => signal('manager', 'SIGSTOP'))

  test('a site lets people in and serves', expectToServe)

  test('a bench that is killed and started again meanwhile serves as before', async () => {
    signal('bench-', 'SIGKILL')
    await eventually(
      async () => {
        const now = await runningProcesses()
        const benches = now.filter(({ name }) => name.startsWith('bench-'))
        return benches.length === 2 && benches.every(({ pid }) => !processes.some((before) => before.pid === pid))
          ? true
          : undefined
      },
      { timeoutMs: 30_000, describe: 'new bench processes' },
    )
    await eventually(async () => ((await signIn().catch(() => undefined))?.status === 200 ? true : undefined), {
      timeoutMs: 30_000,
      describe: 'the site to serve again',
    })
    await expectToServe()
  })

  test('the edge that is killed and started again meanwhile routes as before', async () => {
    signal('edge', 'SIGKILL')
    await eventually(async () => ((await signIn().catch(() => undefined))?.status === 200 ? true : undefined), {
      timeoutMs: 30_000,
      describe: 'the edge to route again',
    })
    await expectToServe()
  })
})
