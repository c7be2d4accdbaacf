// Random damage to stored backups, as disks, people and thieves do it: every one is found by what the drill and every restore read with,
// and the object is named. `npm run test:faults` does a thousand; PLATEN_TEST_CELL='damage 17' repeats one of a seed.
import { sealStream } from '../../kit/archives/index.ts'
import { ProblemError } from '../../kit/problems/index.ts'
import { readWhole, storedBackup, type StoredBackup } from '../../manager/testing/archives.ts'
import { aTenant } from '../../manager/testing/builders.ts'
import { aFilledSite, aRealBackup, realPlatform, type RealPlatform } from '../../manager/testing/real-platform.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cellFromEnvironment } from './config.ts'
import { isFullForm, randomFrom, type SeededRandom } from './index.ts'
import { StoredFiles } from './stored-files.ts'

const damagesWanted = isFullForm() ? 1_000 : 100
/** Of a dump several, so that one can be dropped from its middle. */
const rowCount = 15_000
const frameBytes = 256 * 1024 + 16
const headerBytes = 28

let real: RealPlatform
let files: StoredFiles
let backups: StoredBackup[]

beforeAll(async () => {
  real = await realPlatform()
  files = new StoredFiles(real.objectsRoot)
  const inputs: { backupId: string }[] = []
  for (const siteCount of [2, 1]) {
    const tenant = await aTenant(real.platform)
    for (let made = 0; made < siteCount; made += 1) {
      const site = await aFilledSite(real, tenant, rowCount)
      inputs.push(await aRealBackup(real.platform, site), await aRealBackup(real.platform, site))
    }
  }
  backups = []
  for (const { backupId } of inputs) backups.push(await storedBackup(real.platform, backupId))
})
afterAll(() => real?.close())

interface Target {
  backup: StoredBackup
  /** The object that is damaged. */
  key: string
  random: SeededRandom
}

/** Does the damage; undefined where it cannot be done to that object. */
type Damage = (target: Target) => Promise<boolean | void>

const damages: Record<string, Damage> = {
  'one bit flipped': ({ key, random }) =>
    files.change(key, (bytes) => {
      const at = random.integer(0, bytes.length - 1)
      bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random.integer(0, 7)), at)
      return bytes
    }),
  truncated: ({ key, random }) => files.change(key, (bytes) => bytes.subarray(0, random.integer(0, bytes.length - 1))),
  'bytes appended': ({ key, random }) =>
    files.change(key, (bytes) => Buffer.concat([bytes, Buffer.alloc(random.integer(1, 100_000), random.seed)]), {
      // Else nobody would read them.
      toldToStore: true,
    }),
  'a frame dropped': ({ key, random }) =>
    onFrames(key, (frames) => frames.toSpliced(random.integer(0, frames.length - 2), 1)),
  'two frames exchanged': ({ key, random }) =>
    onFrames(key, (frames) => {
      const at = random.integer(0, frames.length - 2)
      return frames.toSpliced(at, 2, ...frames.slice(at, at + 2).toReversed())
    }),
  'a frame repeated': ({ key, random }) =>
    onFrames(key, (frames) => {
      const at = random.integer(0, frames.length - 2)
      return frames.toSpliced(at, 0, ...frames.slice(at, at + 1))
    }),
  'from another tenant': (target) => replaceBy(target, ({ row }) => row.tenant_id !== target.backup.row.tenant_id),
  'from another site of the tenant': (target) =>
    replaceBy(
      target,
      ({ row }) => row.tenant_id === target.backup.row.tenant_id && row.site_id !== target.backup.row.site_id,
    ),
  'from another backup of the site': (target) =>
    replaceBy(target, ({ row }) => row.site_id === target.backup.row.site_id && row.id !== target.backup.row.id),
  'the older genuine manifest': async (target) => {
    if (target.key !== target.backup.keys.manifest) return false
    return replaceBy(target, ({ row }) => row.site_id === target.backup.row.site_id && row.id < target.backup.row.id)
  },
  'other content, sealed with the right key': async ({ backup, key }) => {
    if (!isStoredFile(key)) return false
    const { tenantId, siteId } = backup.archive.place
    const sealing = sealStream(backup.archive.key, { context: `${tenantId}|${siteId}|${key.split('/').at(-1)}` })
    sealing.end(Buffer.alloc(300_000, 'another picture'))
    const options = { contentType: 'application/octet-stream', maxBytes: 1_000_000 }
    await real.objects.put(key, Buffer.concat(await sealing.toArray()), options)
  },
  'the object removed': ({ key }) => real.objects.remove(key),
  'its content removed': ({ key }) => files.removeContent(key),
  'what the store knows of it cut': ({ key, random }) => files.cutMetadata(key, random.next()),
}

const isStoredFile = (key: string): boolean => /\/files\/[0-9a-f]{64}$/.test(key)

/** All frames, the last included, behind their header. */
function onFrames(key: string, change: (frames: Buffer[]) => Buffer[]): Promise<boolean> {
  return files.change(key, (bytes) => {
    const frames: Buffer[] = []
    for (let at = headerBytes; at < bytes.length; at += frameBytes) frames.push(bytes.subarray(at, at + frameBytes))
    if (frames.length < 2) return undefined
    return Buffer.concat([bytes.subarray(0, headerBytes), ...change(frames)])
  })
}

/** The same object of another backup in its place, whole and genuine. */
async function replaceBy(
  { backup, key, random }: Target,
  isWanted: (other: StoredBackup) => boolean,
): Promise<boolean> {
  const others = backups.filter(isWanted)
  if (others.length === 0) return false
  const other = random.pick(others)
  const kind = Object.entries(backup.keys).find(([, own]) => own === key)?.[0]
  const [file] = await real.objects.list(`backups/${other.row.site_id}/files`)
  const from = kind === undefined ? file?.key : other.keys[kind as keyof StoredBackup['keys']] // a key of `keys`
  if (from === undefined || from === key) return false
  await real.objects.copy(from, key)
  return true
}

async function drawTarget(random: SeededRandom): Promise<Target> {
  const backup = random.pick(backups)
  const { dump, files: list, manifest } = backup.keys
  const contents = await real.objects.list(`backups/${backup.row.site_id}/files`)
  return { backup, random, key: random.pick([dump, list, manifest, random.pick(contents).key]) }
}

/** Draws until one can be done, does it, and undoes it. */
async function damageOnce(random: SeededRandom): Promise<{ kind: string; key: string; verdict: string }> {
  for (;;) {
    const kind = random.pick(Object.keys(damages))
    const target = await drawTarget(random)
    const undo = await files.remember(target.key)
    try {
      if ((await damages[kind]?.(target)) === false) continue
      return { kind, key: target.key, verdict: await verdictOn(target) }
    } finally {
      await undo()
    }
  }
}

async function verdictOn({ backup, key }: Target): Promise<string> {
  try {
    await readWhole(real.platform, backup)
    return 'not found'
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code !== 'backup-damaged') return `another error: ${String(error)}`
    return String(error.message).includes(key) ? 'found' : `does not name it: ${error.message}`
  }
}

test('every damage to a stored backup is found, and the object is named', { timeout: 900_000 }, async () => {
  const random = randomFrom()
  for (const backup of backups) await readWhole(real.platform, backup)
  const found = new Map<string, number>()
  const missed: string[] = []
  for (let number = 1; number <= damagesWanted; number += 1) {
    const label = `damage ${number}`
    if (cellFromEnvironment() !== '' && cellFromEnvironment() !== label) continue
    const { kind, key, verdict } = await damageOnce(random.fork(label))
    if (verdict === 'found') found.set(kind, (found.get(kind) ?? 0) + 1)
    else
      missed.push(
        `${label}, ${kind}, ${key}: ${verdict}\n  PLATEN_TEST_SEED=${random.seed} PLATEN_TEST_CELL='${label}' repeats it`,
      )
  }
  const lines = [...found].toSorted().map(([kind, count]) => `${String(count).padStart(5)}  ${kind}`)
  console.log(`damage to stored backups, seed ${random.seed}, found of each kind\n${lines.join('\n')}`)
  expect(missed).toEqual([])
  // The same bytes again: what was found was the damage.
  for (const backup of backups) await readWhole(real.platform, backup)
})
