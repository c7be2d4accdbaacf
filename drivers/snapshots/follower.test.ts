import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@platen/kit/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { createSnapshotKeys, signSnapshot, supersedes, verifySnapshot } from './envelope.ts'
import { SnapshotFollower } from './follower.ts'
import { ensureSealingKey, readSealingKey, waitForSnapshotKeys } from './keys.ts'
import { MemoryPublisher } from './testing/index.ts'

const schema = z.object({ sites: z.array(z.string()) })
const quiet = { info: () => undefined, warn: () => undefined }

let directory: string
let publisher: MemoryPublisher
let file: string
const followers: SnapshotFollower<{ sites: string[] }>[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'platen-snapshots-'))
  file = join(directory, 'snapshots', 'edge.json')
  publisher = new MemoryPublisher({
    socketPath: join(directory, 'internal.sock'),
    publicKeyFile: join(directory, 'keys', 'manager-public.pem'),
  })
  await publisher.start()
})

afterEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.stop()))
  await publisher.stop()
  await rm(directory, { recursive: true, force: true })
})

function aFollower(applied: string[][], more: { apply?: (sites: string[]) => readonly string[]; file?: string } = {}) {
  const follower = new SnapshotFollower({
    consumer: 'edge',
    schema,
    socketPath: publisher.socketPath,
    file: more.file ?? file,
    publicKeyFile: publisher.publicKeyFile,
    logger: quiet,
    pollMs: 200,
    backoff: { minimumMs: 5, maximumMs: 20 },
    apply: async (snapshot) => {
      const problems = more.apply?.(snapshot.sites)
      applied.push(snapshot.sites)
      return problems
    },
  })
  followers.push(follower)
  return follower
}

describe('following', () => {
  test('each published snapshot is applied, kept on disk and acknowledged', async () => {
    const applied: string[][] = []
    await aFollower(applied).start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 1, problems: [] }))
    publisher.publish('edge', { sites: ['a', 'b'] })
    await eventually(() => expect(publisher.acknowledgement('edge')?.version).toBe(2))
    expect(applied).toEqual([['a'], ['a', 'b']])
    expect(JSON.parse(await readFile(file, 'utf8')).version).toBe(2)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('with the manager away it starts from disk, and catches up when the manager is back', async () => {
    const first = aFollower([])
    await first.start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(async () => expect(await readFile(file, 'utf8')).toContain('version'))
    await first.stop()
    await publisher.stop()

    const applied: string[][] = []
    const second = aFollower(applied)
    await second.start()
    expect(applied).toEqual([['a']])
    expect(second.status()).toMatchObject({ version: 1, source: 'disk', isManagerReachable: false })

    await publisher.start()
    publisher.publish('edge', { sites: ['b'] })
    await eventually(() => expect(applied).toEqual([['a'], ['b']]))
    await eventually(() => expect(second.status()).toMatchObject({ source: 'manager', isManagerReachable: true }))
  })

  test('a manager that forgot the acknowledgement gets it again after it was away', async () => {
    await aFollower([]).start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(() => expect(publisher.acknowledgement('edge')?.version).toBe(1))
    await publisher.stop()
    const successor = new MemoryPublisher({ socketPath: publisher.socketPath, publicKeyFile: publisher.publicKeyFile })
    await successor.start()
    await eventually(() => expect(successor.acknowledgement('edge')?.version).toBe(1))
    await successor.stop()
  })

  test('a half-written file does not stop the start', async () => {
    await mkdir(join(directory, 'snapshots'))
    await writeFile(file, '{"consumer":"edge","ver')
    const applied: string[][] = []
    await aFollower(applied).start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(() => expect(applied).toEqual([['a']]))
  })

  test('a disk that cannot be written to is reported and does not stop serving', async () => {
    const blocked = join(directory, 'blocked')
    await writeFile(blocked, 'a file where a directory should be')
    const applied: string[][] = []
    const follower = aFollower(applied, { file: join(blocked, 'edge.json') })
    await follower.start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(() =>
      expect(publisher.acknowledgement('edge')?.problems).toEqual([expect.stringContaining('could not be written')]),
    )
    expect(follower.status()).toMatchObject({ version: 1, isPersisted: false })
    await rm(blocked)
    await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 1, problems: [] }))
    expect(applied).toEqual([['a']])
  })

  test('a snapshot that cannot be applied is reported, the one before stays in effect, a later one is taken', async () => {
    const applied: string[][] = []
    const follower = aFollower(applied, {
      apply: (sites) => {
        if (sites.includes('bad')) throw new Error('no such bench')
        return []
      },
    })
    await follower.start()
    publisher.publish('edge', { sites: ['a'] })
    await eventually(() => expect(applied).toHaveLength(1))
    publisher.publish('edge', { sites: ['bad'] })
    await eventually(() =>
      expect(publisher.acknowledgement('edge')).toMatchObject({ version: 1, problems: ['no such bench'] }),
    )
    expect(JSON.parse(await readFile(file, 'utf8')).version).toBe(1)
    publisher.publish('edge', { sites: ['good'] })
    await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 3, problems: [] }))
  })

  test('problems that apply returns are in the acknowledgement', async () => {
    await aFollower([], { apply: () => ['a certificate cannot be opened'] }).start()
    publisher.publish('edge', { sites: [] })
    await eventually(() =>
      expect(publisher.acknowledgement('edge')?.problems).toEqual(['a certificate cannot be opened']),
    )
  })
})

describe('what is refused', () => {
  test.each([
    [
      'signed by another key',
      () =>
        signSnapshot(
          { consumer: 'edge', version: 9, issuedAt: new Date(), payload: { sites: ['evil'] } },
          createSnapshotKeys().privateKey,
        ),
    ],
    [
      'changed after signing',
      () => ({ ...publisher.publish('edge', { sites: ['a'] }, { version: 9 }), payload: '{"sites":["evil"]}' }),
    ],
    [
      'given a later time after signing',
      () => ({
        ...publisher.publish('edge', { sites: ['evil'] }, { version: 9 }),
        issuedAt: '2999-01-01T00:00:00.000Z',
      }),
    ],
    ['addressed to another consumer', () => publisher.publish('bench-1', { sites: ['evil'] }, { version: 9 })],
    ['of another shape', () => publisher.publish('edge', { places: [] }, { version: 9 })],
    [
      'older than the one in effect',
      () => publisher.publish('edge', { sites: ['evil'] }, { version: 1, issuedAt: new Date('2020-01-01T00:00:00Z') }),
    ],
  ])('a snapshot %s', async (_case, forge) => {
    const applied: string[][] = []
    publisher.publish('edge', { sites: ['in effect'] }, { version: 2 })
    await aFollower(applied).start()
    await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 2, problems: [] }))
    publisher.serve('edge', forge())
    await eventually(() =>
      expect(publisher.acknowledgement('edge')).toMatchObject({ version: 2, problems: [expect.any(String)] }),
    )
    expect(applied).toEqual([['in effect']])
  })

  test('a lower version is taken when it was issued later, as a manager restored from a backup issues it', async () => {
    const applied: string[][] = []
    publisher.publish('edge', { sites: ['before'] }, { version: 120 })
    await aFollower(applied).start()
    await eventually(() => expect(publisher.acknowledgement('edge')?.version).toBe(120))
    publisher.publish('edge', { sites: ['restored'] }, { version: 101, issuedAt: new Date(Date.now() + 5) })
    await eventually(() => expect(publisher.acknowledgement('edge')).toMatchObject({ version: 101, problems: [] }))
    expect(applied).toEqual([['before'], ['restored']])
  })

  test('a higher version is taken although the clock went back', () => {
    const current = { version: 4, issuedAt: '2026-01-01T12:00:00.000Z' }
    expect(supersedes({ version: 5, issuedAt: '2026-01-01T11:00:00.000Z' }, current)).toBe(true)
    expect(supersedes(current, current)).toBe(false)
  })

  test('verification names the reason', () => {
    const keys = createSnapshotKeys()
    expect(() => verifySnapshot({ consumer: 'edge' }, keys.publicKeyPem, 'edge')).toThrow(
      expect.objectContaining({ reason: 'malformed' }),
    )
  })
})

describe('key files', () => {
  test('callers at once get the same sealing key, readable by the owner only', async () => {
    const keyFile = join(directory, 'keys', 'edge.key')
    const keys = await Promise.all(Array.from({ length: 10 }, () => ensureSealingKey(keyFile)))
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1)
    expect((await stat(keyFile)).mode & 0o777).toBe(0o600)
    await chmod(keyFile, 0o644)
    await expect(readSealingKey(keyFile)).rejects.toThrow(/chmod 600/)
  })

  test('a consumer waits for its keys', async () => {
    const keyFile = join(directory, 'keys', 'later.key')
    const waiting = waitForSnapshotKeys(
      { publicKeyFile: publisher.publicKeyFile, sealingKeyFile: keyFile },
      AbortSignal.timeout(5000),
    )
    const key = await ensureSealingKey(keyFile)
    expect((await waiting).sealingKey).toEqual(key)
  })
})
