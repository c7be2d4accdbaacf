import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from './repository.ts'

/** What a program did; `output` is stdout and stderr in the order they came (empty with `inherit`). */
export interface RunResult {
  code: number
  output: string
  durationMs: number
}

export interface RunOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  /** Show the program's output as it comes instead of collecting it. */
  inherit?: boolean
}

/** Runs a program without a shell. Never rejects: a program that cannot start ends with code 127 and the reason as its output. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const startedMs = performance.now()
  const child = spawn(file, args, {
    cwd: options.cwd ?? repositoryRoot,
    env: options.env ?? process.env,
    stdio: ['ignore', options.inherit ? 'inherit' : 'pipe', options.inherit ? 'inherit' : 'pipe'],
  })
  let output = ''
  const collect = (chunk: Buffer): void => {
    output += chunk.toString()
  }
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  running.add(child)
  return new Promise((resolve) => {
    const finish = (code: number): void => {
      running.delete(child)
      resolve({ code, output, durationMs: performance.now() - startedMs })
    }
    child.once('error', (error) => {
      output += error.message
      finish(127)
    })
    child.once('close', (code) => finish(code ?? 1))
  })
}

/** Runs a JavaScript program of an installed package with the Node that runs us, e.g. `runNode('vite/bin/vite.js', ['build'])`. */
export function runNode(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return run(process.execPath, [join(repositoryRoot, 'node_modules', program), ...args], options)
}

const running = new Set<ReturnType<typeof spawn>>()

/**
 * Ends every program started here when we are told to stop, or when the launcher that started us is gone (its channel closes even on
 * kill -9), and then exits with 130 or 143.
 */
export function stopWithLauncher(): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) return
    stopping = true
    for (const child of running) child.kill(signal)
    const force = setTimeout(() => {
      for (const child of running) child.kill('SIGKILL')
    }, 30_000)
    force.unref()
    const poll = setInterval(() => {
      if (running.size > 0) return
      clearInterval(poll)
      process.exit(signal === 'SIGINT' ? 130 : 143)
    }, 50)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal))
  process.on('disconnect', () => stop('SIGTERM'))
  // The channel must not keep a finished run alive.
  process.channel?.unref()
}
