// What the person in front of the terminal reads when everything is ready.
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { networkInterfaces } from 'node:os'
import { consoleHost, consoleUrl, hostUrl } from '@platen/kit/config'
import { dataPaths } from '@platen/kit/names'
import type { SupervisorConfig } from './config.ts'

export async function welcomeLines(config: SupervisorConfig): Promise<string[]> {
  const { platform } = config
  const paths = dataPaths(platform.dataDirectory)
  const [fingerprint, setupCode] = await Promise.all([
    authorityFingerprint(paths.authority.certificate),
    firstLine(paths.setupCode),
  ])
  const rows: [string, string][] = [
    ['Console', consoleUrl(platform)],
    ...reachableAddresses(platform.bind).map((address): [string, string] => [
      '  by address',
      hostUrl(platform, address),
    ]),
    ['HTTP', `http://${consoleHost(platform)}:${platform.httpPort} (leads to HTTPS)`],
    ...row('Local CA', fingerprint && `SHA-256 ${fingerprint}`),
    ...row('Setup code', setupCode),
    ...tunnel(config).map((line): [string, string] => ['From your PC', line]),
    ['Logs', paths.logs],
  ]
  return rows.map(([label, value]) => `  ${label.padEnd(13)} ${value}`)
}

function row(label: string, value: string | undefined): [string, string][] {
  return value ? [[label, value]] : []
}

/** IP addresses at which the edge can be dialled; IPv6 in brackets, as in a URL. */
export function reachableAddresses(bind: string): string[] {
  if (bind !== '0.0.0.0' && bind !== '::') return [inUrl(bind)]
  const found = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const usable = found.filter(
    (entry) => !entry.internal && !entry.address.startsWith('fe80') && (bind === '::' || entry.family === 'IPv4'),
  )
  return usable.length > 0 ? usable.map((entry) => inUrl(entry.address)) : ['127.0.0.1']
}

// A machine without a screen is the normal case: its browser is elsewhere, and loopback is not reachable from there.
function tunnel({ platform, terminal }: SupervisorConfig): string[] {
  const isLoopback = platform.bind === '::1' || platform.bind.startsWith('127.')
  if (!isLoopback || terminal.hasDisplay) return []
  const { httpsPort, bind } = platform
  const host = terminal.sshServerAddress ?? terminal.hostName
  return [`ssh -L ${httpsPort}:${inUrl(bind)}:${httpsPort} ${terminal.user}@${host}`]
}

async function authorityFingerprint(file: string): Promise<string | undefined> {
  try {
    return new X509Certificate(await readFile(file)).fingerprint256
  } catch {
    return undefined
  }
}

async function firstLine(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.split('\n')[0]?.trim() || undefined
}

function inUrl(address: string): string {
  return address.includes(':') ? `[${address}]` : address
}
