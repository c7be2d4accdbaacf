import { constants } from 'node:fs'
import { access, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { run } from './run.ts'

/** A program the tests need and the Debian package that brings it. */
export interface NeededProgram {
  names: readonly string[]
  package: string
}

/** The browser of the end-to-end stories; any Chromium will do. */
export const chromium: NeededProgram = { names: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' }

/** The brokers that the event targets are tested against. */
export const brokers: readonly NeededProgram[] = ['redis-server', 'rabbitmq-server'].map((name) => ({
  names: [name],
  package: name,
}))

/** What looks for SQL injection as an attacker does. */
export const sqlmap: NeededProgram = { names: ['sqlmap'], package: 'sqlmap' }

/** Absolute path of the program, if it is on the PATH. */
export async function findProgram(needed: NeededProgram): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of needed.names) {
      const file = join(directory, name)
      if (await isExecutable(file)) return file
    }
  }
  return undefined
}

/** Installs what is missing when that is possible (Debian or Ubuntu, root); returns why it was not, or `undefined`. */
export async function installProgram(needed: NeededProgram): Promise<string | undefined> {
  if (!(await findProgram({ names: ['apt-get'], package: 'apt' }))) return 'this is not Debian or Ubuntu'
  if (process.getuid?.() !== 0) return `only root may run: apt-get install ${needed.package}`
  console.log(`Installing ${needed.package} ...`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  // A failed update is not fatal: the lists may be there already. The install tells.
  await run('apt-get', ['update', '-q'], { env })
  const done = await withoutServices(() =>
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', needed.package], { env }),
  )
  return done.code === 0 ? undefined : `apt-get install ${needed.package} failed:\n${done.output.slice(-2000)}`
}

/** What is installed for tests is not started as a service of this machine: Debian asks this program whether it may. */
async function withoutServices<T>(work: () => Promise<T>): Promise<T> {
  const policy = '/usr/sbin/policy-rc.d'
  const isOurs = await writeFile(policy, '#!/bin/sh\nexit 101\n', { flag: 'wx', mode: 0o755 }).then(
    () => true,
    () => false,
  )
  try {
    return await work()
  } finally {
    if (isOurs) await rm(policy)
  }
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  )
}
