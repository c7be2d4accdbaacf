import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { checkoutDirectory } from '@platen/kit/config'
import type { RunningPlatform } from './platform.ts'

export interface Ran {
  code: number | null
  out: string
  err: string
}

/** `npx platen ...` as a script would call it: no terminal, settings in the environment. */
export function runCommand(
  platform: RunningPlatform,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const child = spawn(process.execPath, [join(checkoutDirectory, 'cli/platen.cjs'), ...args], {
    env: {
      ...process.env,
      PLATEN_DATA_DIR: platform.dataDirectory,
      PLATEN_HTTPS_PORT: String(platform.httpsPort),
      PLATEN_HTTP_PORT: String(platform.httpPort),
      PLATEN_PASSWORD: 'a phrase for the command line',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ran: Ran = { code: null, out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (ran.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (ran.err += chunk.toString()))
  return new Promise((resolve) => child.once('close', (code) => resolve({ ...ran, code })))
}

/** What `--json` prints. */
export const json = <T>(ran: Ran): T => JSON.parse(ran.out) as T
