import { Readable } from 'node:stream'
import { DriverError, throwIfAborted } from '../../../errors/index.ts'
import type { PgTools } from './pg-tools.ts'
import { startTool, type ToolProcess, type ToolTarget } from './tool-process.ts'

export interface DumpRequest {
  tools: () => Promise<PgTools>
  target: ToolTarget
  /** From pg_export_snapshot; its session must live until the first byte has come. */
  snapshot: string
}

// Custom format: pg_restore reads it from a pipe, and zstd checks its blocks. Level 3 is fast enough to keep one core busy.
const dumpArgs = [
  '--format=custom',
  '--compress=zstd:3',
  '--no-password',
  // Else the dump of a table with row-level security is refused; the policies see app.operator.
  '--enable-row-security',
  // A migration that holds a table makes the backup wait, not hang.
  '--lock-wait-timeout=60s',
  // What belongs to the server and not to the site.
  '--no-publications',
  '--no-subscriptions',
  '--no-tablespaces',
  '--no-security-labels',
]

/** The dump as it comes; ends only if pg_dump ended well, else fails with DriverError. Destroying it stops pg_dump. */
export function dumpDatabase(request: DumpRequest, signal: AbortSignal | undefined): Readable {
  const holder: { tool?: ToolProcess; isClosed: boolean } = { isClosed: false }
  const stream = Readable.from(chunksOf(request, signal, holder), { objectMode: false, highWaterMark: 262_144 })
  // Also while nobody reads: the generator below only hears of it at its next chunk.
  stream.once('close', () => {
    holder.isClosed = true
    holder.tool?.stop()
  })
  return stream
}

async function* chunksOf(
  { tools, target, snapshot }: DumpRequest,
  signal: AbortSignal | undefined,
  holder: { tool?: ToolProcess; isClosed: boolean },
): AsyncGenerator<Buffer> {
  throwIfAborted(signal, `dumping the database ${target.database}`)
  if (!/^[0-9A-F-]{1,63}$/.test(snapshot)) throw new DriverError('refused', 'this is not the name of a snapshot')
  const attempting = `dumping the database ${target.database}`
  const args = [...dumpArgs, `--snapshot=${snapshot}`]
  const { pg_dump: file } = await tools()
  const tool = await startTool({ file, args, target, attempting }, signal)
  holder.tool = tool
  if (holder.isClosed) tool.stop()
  tool.stdin.end()
  for await (const chunk of tool.stdout) yield chunk as Buffer // a pipe without encoding gives buffers
  await tool.ended
}
