// The main job once more, from the command line: claim, create, list, open, suspend, resume, restart, drop.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { json, runCommand } from './command.ts'
import { startPlatform, type RunningPlatform } from './platform.ts'

let platform: RunningPlatform

beforeAll(async () => {
  platform = await startPlatform()
})
afterAll(async () => {
  await platform.stop()
  await platform.remove()
})

const platen = (args: readonly string[], env?: Record<string, string>) => runCommand(platform, args, env)

describe('before anybody has signed in', () => {
  test('status says that the platform answers, part by part', async () => {
    const ran = await platen(['status', '--json'])
    expect(ran.code).toBe(0)
    expect(json(ran)).toMatchObject({ ready: true, checks: { database: { ok: true }, infrastructure: { ok: true } } })
  })

  test('doctor finds nothing missing on this machine', async () => {
    const ran = await platen(['doctor', '--json'])
    const { findings } = json<{ findings: { check: string; level: string }[] }>(ran)
    expect(findings.filter(({ level }) => level === 'refused')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(
      expect.arrayContaining(['system', 'node', 'data directory', 'disk', 'memory', 'platform']),
    )
    expect(ran.code).toBe(0)
  })

  test('doctor names a taken port and its setting', async () => {
    const ran = await platen(['doctor'], {
      PLATEN_DATA_DIR: join(platform.dataDirectory, 'another'),
      PLATEN_ZONE: 'other.localhost',
    })
    expect(ran.code).toBe(1)
    expect(ran.out).toContain(`port ${platform.httpsPort} on 127.0.0.1 is taken by another program`)
    expect(ran.out).toContain('set PLATEN_HTTPS_PORT to a free port')
  })

  test('a command that needs an account says how to sign in, with exit code 4', async () => {
    const ran = await platen(['site', 'list'])
    expect(ran).toMatchObject({ code: 4, out: '' })
    expect(ran.err).toContain('npx platen login')
  })

  test('a platform that does not run is exit code 3 and says how to start it', async () => {
    const ran = await platen(['status'], { PLATEN_HTTPS_PORT: '32499', PLATEN_HTTP_PORT: '32498' })
    expect(ran.code).toBe(3)
    expect(ran.err).toContain('npm start')
  })

  test('an unknown command is exit code 2 and shows what there is', async () => {
    const ran = await platen(['sites'])
    expect(ran.code).toBe(2)
    expect(ran.err).toContain('operation')
  })
})

describe('the main job', () => {
  test('setup claims the platform with the code from the data directory', async () => {
    const ran = await platen(['setup', '--email', 'owner@example.org', '--name', 'Owner'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.out).toContain('npx platen site create')
    expect((await platen(['setup', '--email', 'second@example.org', '--name', 'Second', '--code', 'wrong'])).code).toBe(
      4,
    )
  })

  test('site create shows each step and ends with the address', async () => {
    const ran = await platen(['site', 'create', 'shop'])
    expect(ran.code).toBe(0)
    for (const step of ['reserve', 'create-database', 'publish-route', 'probe', 'activate'])
      expect(ran.err).toContain(`✓ ${step}`)
    expect(ran.out).toContain(`shop is active  ${platform.siteUrl('shop')}`)
    expect((await platform.call('shop', { path: '/api/v1/status' })).status).toBe(200)
  })

  test('a name that is taken or cannot be an address is refused with the reason and exit code 1', async () => {
    const taken = await platen(['site', 'create', 'shop', '--json'])
    expect(taken.code).toBe(1)
    expect(json(taken)).toMatchObject({ code: 'site-name-taken', status: 409 })
    const invalid = await platen(['site', 'create', 'Not A Name'])
    expect(invalid.code).toBe(1)
    expect(invalid.err).toContain('/name')
  })

  test('site list and site open tell addresses', async () => {
    expect(json(await platen(['site', 'list', '--json']))).toMatchObject({ items: [{ name: 'shop', state: 'active' }] })
    const opened = json<{ url: string }>(await platen(['site', 'open', 'shop', '--json']))
    expect(opened.url).toMatch(new RegExp(`^${platform.siteUrl('shop')}/open#ticket=`))
  })

  test('suspend, resume and restart change what visitors see', async () => {
    expect((await platen(['site', 'suspend', 'shop'])).code).toBe(0)
    expect((await platform.call('shop', { path: '/' })).status).toBe(503)
    expect((await platen(['site', 'resume', 'shop'])).code).toBe(0)
    expect((await platen(['site', 'restart', 'shop'])).code).toBe(0)
    expect((await platform.call('shop', { path: '/api/v1/status' })).status).toBe(200)
  })

  test('operation show tells steps; without waiting an operation can be followed later', async () => {
    const begun = json<{ operation: { id: string } }>(await platen(['site', 'restart', 'shop', '--no-wait', '--json']))
    const shown = await platen(['operation', 'show', '--follow', begun.operation.id])
    expect(shown.code).toBe(0)
    expect(shown.out).toContain('restart-site on shop: succeeded')
  })

  test('logs show what programs wrote, and of a site what was asked of it alone', async () => {
    await platform.call('shop', { path: '/api/v1/no-such-thing' })
    const programs = json<{ items: { program: string }[] }>(await platen(['logs', '--json'])).items
    expect(programs.map(({ program }) => program)).toEqual(
      expect.arrayContaining(['bench-main-1', 'edge', 'manager', 'postgres', 'supervisor']),
    )
    const asked = await platen(['logs', 'edge', '--search', 'NO-SUCH-THING', '--json'])
    expect(json(asked)).toMatchObject({ items: [{ message: 'request', fields: { path: '/api/v1/no-such-thing' } }] })
    const served = await platen(['site', 'logs', 'shop', '--search', 'no-such-thing'])
    expect(served.out).toMatch(/info +request {2}GET {2}\/api\/v1\/no-such-thing {2}404 /)
    expect(await platen(['logs', '../master.key'])).toMatchObject({ code: 1, out: '' })
  })

  test('doctor, signed in, asks the platform for each of its parts, and all of them answer', async () => {
    const ran = await platen(['doctor', '--json'])
    expect(ran.code).toBe(0)
    const { findings } = json<{ findings: { check: string; level: string; detail: string }[] }>(ran)
    const parts = findings.filter(({ check }) => check.startsWith('platform '))
    expect(parts.length).toBeGreaterThanOrEqual(15)
    expect(parts.filter(({ level }) => level !== 'ok' && level !== 'info')).toEqual([])
    expect(parts.find(({ check }) => check === 'platform dump-tools')?.detail).toMatch(/pg_dump and pg_restore 18/)
  })

  test('site list tells what a site takes once it was measured', async () => {
    await eventually(async () => /[0-9.]+ MB of 1 GB/.test((await platen(['site', 'list'])).out), {
      timeoutMs: 90_000,
    })
  })

  test('a webhook is added with its secret, tested, listed and removed', async () => {
    const bodies: string[] = []
    const receiver = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => bodies.push(chunk.toString()))
      request.on('end', () => response.end())
    })
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/` // listens on TCP
    const added = await platen(['alert', 'webhook', 'add', url])
    expect(added.out).toContain('whsec_')
    const tested = await platen(['alert', 'webhook', 'test', url])
    expect(tested).toMatchObject({ code: 0, out: `${url}: delivered  Status 200.\n` })
    expect(JSON.parse(bodies.join(''))).toMatchObject({ type: 'test', platform: expect.stringContaining('console.') })
    receiver.close()
    receiver.closeAllConnections()
    const failed = await platen(['alert', 'webhook', 'test', url])
    expect(failed.code).toBe(5)
    expect((await platen(['alert', 'webhook', 'list'])).out).toMatch(/failed .*ECONNREFUSED/)
    expect((await platen(['alert', 'webhook', 'remove', url])).code).toBe(0)
    expect((await platen(['alert', 'webhook', 'list'])).out).toContain('No webhook')
    const refused = await platen(['alert', 'webhook', 'add', 'http://93.184.216.34/'])
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('use https') })
  })

  test('drop asks for the name unless told not to, and leaves nothing at the address', async () => {
    const unsure = await platen(['site', 'drop', 'shop'])
    expect(unsure.code).toBe(2)
    expect((await platen(['site', 'drop', 'shop', '--yes'])).code).toBe(0)
    expect((await platform.call('shop', { path: '/' })).status).toBe(421)
    expect((await platen(['site', 'list'])).out).toContain('No sites yet')
  })

  test('logout ends the session', async () => {
    expect((await platen(['logout'])).code).toBe(0)
    expect((await platen(['site', 'list'])).code).toBe(4)
  })
})
