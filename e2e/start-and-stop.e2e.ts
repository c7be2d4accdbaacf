// Starting, stopping, being killed, starting again: the whole platform with its real programs.
import { readdir, readFile } from 'node:fs/promises'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claim, startPlatform, type RunningPlatform } from './platform.ts'
import { aSite } from './sites.ts'

let platform: RunningPlatform

beforeAll(async () => {
  platform = await startPlatform()
  const token = await claim(platform, {
    email: 'owner@example.org',
    password: 'a phrase for this story',
    name: 'Owner',
  })
  await aSite(platform, token, 'shop')
})
afterAll(async () => {
  await platform.stop()
  await platform.remove()
})

/** Processes whose environment or command line names the data directory. */
async function processesOfThePlatform(): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const [commandLine, environment] = await Promise.all(
      ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
    )
    const names = `${commandLine}\0${environment}`.replaceAll('\0', '\n')
    if (commandLine !== '' && names.includes(platform.dataDirectory))
      found.push(`${pid} ${commandLine?.replaceAll('\0', ' ')}`)
  }
  return found
}

const siteAnswers = async (): Promise<boolean> => {
  const answer = await platform.call('shop', { path: '/api/v1/status' }).catch(() => undefined)
  return answer?.status === 200
}

const again = (): Promise<RunningPlatform> =>
  startPlatform({
    dataDirectory: platform.dataDirectory,
    ports: { https: platform.httpsPort, http: platform.httpPort },
  })

test('a fresh platform on this machine is ready within 120 seconds', () => {
  expect(platform.readyMs).toBeLessThan(120_000)
})

test('a second start on the same data is refused with a sentence, and the first goes on', async () => {
  await expect(again()).rejects.toThrow(/already runs on .*Stop it first/)
  expect(await siteAnswers()).toBe(true)
})

test('SIGTERM stops everything and leaves no process', async () => {
  await platform.stop()
  expect(await processesOfThePlatform()).toEqual([])
})

test('the next start is ready within 10 seconds and has everything', async () => {
  platform = await again()
  expect(platform.readyMs).toBeLessThan(10_000)
  await eventually(async () => ((await siteAnswers()) ? true : undefined), { timeoutMs: 10_000, describe: 'the site' })
})

test('when the supervisor is killed, sites go on; the next start takes over what runs', async () => {
  await platform.stop('SIGKILL')
  expect(await siteAnswers()).toBe(true)
  platform = await again()
  expect(platform.output()).toMatch(/PostgreSQL .*(adopt|runs already|still running|takes over)|adopted/i)
  await eventually(async () => ((await siteAnswers()) ? true : undefined), { timeoutMs: 10_000, describe: 'the site' })
  await platform.stop()
  expect(await processesOfThePlatform()).toEqual([])
})
