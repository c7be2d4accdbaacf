import type { Readable, Writable } from 'node:stream'
import type { PgTools } from './pg-tools.ts'
import { startTool, type ToolTarget } from './tool-process.ts'

export interface RestoreRequest {
  tools: PgTools
  target: ToolTarget
  /** Who shall own what is restored; the target's user can SET ROLE to it. */
  owner: string
  archive: Readable
}

// One transaction: a restore that failed or was killed leaves the database as empty as it was. Owners are not taken from the
// archive, what is made belongs to --role; grants are, because they name only the group roles, which every server has.
const restoreArgs = [
  '--single-transaction',
  '--exit-on-error',
  '--no-owner',
  '--no-password',
  '--no-publications',
  '--no-subscriptions',
  '--no-tablespaces',
  '--no-security-labels',
  '--enable-row-security',
]

/** Feeds the archive to pg_restore. Rejects with DriverError, or with the archive's own error when that came first. */
export async function restoreDatabase(request: RestoreRequest, signal: AbortSignal | undefined): Promise<void> {
  const { tools, target, owner, archive } = request
  const attempting = `restoring into the database ${target.database}`
  const args = [...restoreArgs, `--role=${owner}`, `--dbname=${target.database}`]
  const tool = await startTool({ file: tools.pg_restore, args, target, attempting }, signal)
  tool.stdout.resume()
  const outcome = { hasFailed: false }
  tool.ended.catch(() => {
    outcome.hasFailed = true
    // Nobody reads the rest; without this a source that has stalled would hold us.
    archive.destroy()
  })
  try {
    await feed(archive, tool.stdin)
  } catch (error) {
    if (outcome.hasFailed) return await tool.ended // rejects with the reason
    tool.stop()
    await tool.ended.catch(() => {})
    throw error
  }
  await tool.ended
}

/**
 * Keeps the newest piece back until the next one or the end has come: pg_restore commits when it has read all it needs, and
 * it cannot have before the archive's end was found genuine. Goes on reading when pg_restore has enough, for the same reason.
 */
async function feed(archive: Readable, stdin: Writable): Promise<void> {
  let held: Buffer | undefined
  for await (const piece of archive) {
    if (held !== undefined) await write(stdin, held)
    held = piece as Buffer // an archive is a stream of bytes
  }
  if (held !== undefined) await write(stdin, held)
  stdin.end()
}

async function write(stdin: Writable, piece: Buffer): Promise<void> {
  if (stdin.destroyed || stdin.writableEnded || stdin.write(piece)) return
  await new Promise<void>((resolve) => {
    const goOn = (): void => {
      stdin.off('drain', goOn).off('close', goOn)
      resolve()
    }
    stdin.on('drain', goOn).on('close', goOn)
  })
}
