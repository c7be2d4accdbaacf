// One run of pg_dump or pg_restore. What it needs to know travels in its environment, which only we and root can read, never
// in its arguments; of our own environment it gets nothing. It must not outlive us: the kernel kills it when we die
// (setpriv), and where setpriv is missing its pipe closes, which ends both programs at their next read or write.
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Secret } from '@platen/kit/secrets'
import { DriverError, type DriverErrorKind } from '../../../errors/index.ts'
import { plainEnvironment, runCommand } from '../embedded/command.ts'

export interface ToolTarget {
  host: string
  port: number
  database: string
  user: string
  password: Secret
  /** application_name of the tool's sessions. */
  session: string
}

export interface ToolProcess {
  stdin: Writable
  stdout: Readable
  /** Resolves when it ended well, else rejects with DriverError. Never unhandled. */
  ended: Promise<void>
  /** Asks it to cancel its statement and end; two seconds later it is killed. */
  stop(): void
}

const patienceMs = 2_000
const mostErrorBytes = 16_384

export async function startTool(
  request: { file: string; args: string[]; target: ToolTarget; attempting: string },
  signal: AbortSignal | undefined,
): Promise<ToolProcess> {
  const { file, args, target, attempting } = request
  const [program, ...rest] = (await hasParentDeathSignal())
    ? ['setpriv', '--pdeathsig', 'KILL', '--', file, ...args]
    : [file, ...args]
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(program ?? file, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environmentOf(target),
  })
  const stop = (): void => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), patienceMs).unref()
  }
  // A tool that ended closes its input while we still write: its exit code tells why, not the broken pipe.
  child.stdin.on('error', () => {})
  signal?.addEventListener('abort', stop, { once: true })
  const ended = outcomeOf(child, attempting, target.password, signal).finally(() =>
    signal?.removeEventListener('abort', stop),
  )
  ended.catch(() => {})
  if (signal?.aborted) stop()
  return { stdin: child.stdin, stdout: child.stdout, ended, stop }
}

function outcomeOf(
  child: ChildProcessByStdio<Writable, Readable, Readable>,
  attempting: string,
  password: Secret,
  signal: AbortSignal | undefined,
): Promise<void> {
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => {
    // The first complaint says why; what follows is mostly its consequence.
    if (errors.length < mostErrorBytes) errors += chunk.toString()
  })
  return new Promise((resolve, reject) => {
    child.once('error', (cause) => reject(new DriverError('refused', `${attempting}: ${cause.message}`, { cause })))
    child.once('close', (code, ending) => {
      if (signal?.aborted) {
        reject(new DriverError('unavailable', `gave up: ${attempting}`, { cause: signal.reason }))
      } else if (code === 0) {
        resolve()
      } else {
        const said = presentable(errors, password)
        const how = ending === null ? `exit code ${code}` : `ended by ${ending}`
        reject(
          new DriverError(ending === null ? kindOf(said) : 'unavailable', `${attempting}: ${said || how} (${how})`),
        )
      }
    })
  })
}

function environmentOf(target: ToolTarget): Record<string, string> {
  return {
    ...plainEnvironment,
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGDATABASE: target.database,
    PGUSER: target.user,
    PGPASSWORD: target.password.expose(),
    PGAPPNAME: target.session,
    PGCONNECT_TIMEOUT: '10',
    PGCLIENTENCODING: 'UTF8',
    // Row-level security is forced on the tables: this passes every tenant policy. A role's own timeouts would cut long work.
    PGOPTIONS: '-c app.operator=on -c statement_timeout=0 -c idle_in_transaction_session_timeout=0',
  }
}

// Rows of customers can stand behind DETAIL, CONTEXT and "Command was", on lines of their own or behind the program's "detail:".
// They do not belong into a log; what the server said in its first line does, because it is the reason.
function presentable(errors: string, password: Secret): string {
  const lines = errors.split('\n').map((line) => line.trim())
  const said = lines.filter((line) => /^(?:setpriv|pg_dump|pg_restore): |^(?:ERROR|FATAL|PANIC):/.test(line))
  const open = said.filter((line) => !/^pg_\w+: (?:hint|detail): (?!Error message from server)/.test(line))
  return open.slice(0, 8).join(' | ').replaceAll(password.expose(), '[redacted]').slice(0, 2_000)
}

const kinds: readonly (readonly [RegExp, DriverErrorKind])[] = [
  [/password authentication failed/, 'unauthorized'],
  [/database ".*" does not exist/, 'not-found'],
  [/permission denied|server version mismatch|already exists|must be owner/, 'refused'],
  [/input file|archive|compress|decompress/i, 'refused'],
  [/connection|closed the connection|terminating|shutting down|starting up|in recovery/, 'unavailable'],
  [
    /No space left|too many|lock timeout|canceling statement|invalid snapshot|snapshot .* does not exist/i,
    'unavailable',
  ],
]

function kindOf(said: string): DriverErrorKind {
  return kinds.find(([pattern]) => pattern.test(said))?.[1] ?? 'protocol'
}

let parentDeathSignal: Promise<boolean> | undefined

function hasParentDeathSignal(): Promise<boolean> {
  parentDeathSignal ??= runCommand(
    { file: 'setpriv', args: ['--pdeathsig', 'KILL', '--', 'true'] },
    { timeoutMs: 5_000 },
  ).then(({ code }) => code === 0)
  return parentDeathSignal
}
