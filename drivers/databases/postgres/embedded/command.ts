import { spawn } from 'node:child_process'

/** A program to start, with the account it runs under. No shell is ever involved. */
export interface Command {
  file: string
  args: string[]
  uid?: number
  gid?: number
}

export interface Outcome {
  /** Exit code; null when a signal ended it or it could not be started at all. */
  code: number | null
  /** What it printed on both channels, at most 64 KB. */
  output: string
}

/** Runs a program to its end. Never rejects: a program that cannot be started is a null code with the reason as output. */
export function runCommand(command: Command, options: { timeoutMs: number }): Promise<Outcome> {
  return new Promise((resolve) => {
    let output = ''
    const child = spawn(command.file, command.args, {
      ...accountOf(command),
      stdio: ['ignore', 'pipe', 'pipe'],
      env: plainEnvironment,
    })
    const timer = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs)
    const collect = (chunk: Buffer): void => {
      if (output.length < 65_536) output += chunk.toString()
    }
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', (error) => {
      clearTimeout(timer)
      resolve({ code: null, output: error.message })
    })
    child.once('close', (code) => {
      clearTimeout(timer)
      resolve({ code, output })
    })
  })
}

export function accountOf(command: Command): { uid?: number; gid?: number } {
  return {
    ...(command.uid === undefined ? {} : { uid: command.uid }),
    ...(command.gid === undefined ? {} : { gid: command.gid }),
  }
}

// Nothing of our own environment: it may hold secrets, and messages must come in English to be recognised.
export const plainEnvironment: Readonly<Record<string, string>> = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
}
