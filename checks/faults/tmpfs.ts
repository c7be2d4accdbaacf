import { mkdtemp, readFile, rm, rmdir, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../tools/run.ts'

const PREFIX = 'platen-tmpfs-'

export interface SmallDisk {
  path: string
  freeBytes(): Promise<number>
  /** Unmounts, also when something is still open in it. Safe to repeat. */
  remove(): Promise<void>
}

/**
 * A disk of its own that is really full when it is full. Undefined, with the reason printed, where this process may not mount: the
 * test then skips itself (`if (disk === undefined) return context.skip()`).
 */
export async function tmpfs(sizeMb: number): Promise<SmallDisk | undefined> {
  await removeLeftovers()
  const path = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`))
  const options = `size=${sizeMb}m,mode=0700,nosuid,nodev`
  const mounted = await run('mount', ['-t', 'tmpfs', '-o', options, 'platen-faults', path])
  if (mounted.code !== 0) {
    console.error(`no tmpfs here, a full disk cannot be tried: ${mounted.output.trim()}`)
    await rmdir(path)
    return undefined
  }
  return {
    path,
    async freeBytes() {
      const { bavail, bsize } = await statfs(path)
      return bavail * bsize
    },
    remove: () => unmount(path),
  }
}

async function unmount(path: string): Promise<void> {
  // Lazy: gone from the tree at once, from memory with its last open file.
  await run('umount', ['--lazy', path])
  await rm(path, { recursive: true, force: true })
}

/** Disks of test runs that were killed: the name carries the process. */
async function removeLeftovers(): Promise<void> {
  const mounts = await readFile('/proc/mounts', 'utf8').catch(() => '')
  for (const line of mounts.split('\n')) {
    const path = line.split(' ')[1] ?? ''
    const [, owner] = new RegExp(`/${PREFIX}(\\d+)-[^/]*$`).exec(path) ?? []
    if (owner !== undefined && !(await isAlive(owner))) await unmount(path)
  }
}

const isAlive = (pid: string): Promise<boolean> =>
  readFile(`/proc/${pid}/stat`).then(
    () => true,
    () => false,
  )
