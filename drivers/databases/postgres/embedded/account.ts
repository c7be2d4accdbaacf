// PostgreSQL refuses to run as root, and Platen must also work for root, below /root (mode 0700), with nothing installed.
// - An ordinary user runs it directly.
// - Root runs it in a user namespace of its own: inside it is uid 1000, on disk its files stay root's, and a folder below
//   /root is reachable. No account, no chown, no copy.
// - Where namespaces are closed (a container with a strict seccomp profile, user.max_user_namespaces=0), root runs it as an
//   unprivileged system user, on a data directory and a copy of the binaries below /var/lib/platen, since that
//   user cannot walk through /root.
import { readFile } from 'node:fs/promises'
import { DriverError } from '../../../errors/index.ts'
import { runCommand, type Command } from './command.ts'

export interface Account {
  kind: 'ourselves' | 'namespace' | 'system-user'
  /** Who owns the data directory on disk. */
  uid: number
  gid: number
  command(file: string, args: string[]): Command
}

const namespace = ['-U', '--map-user=1000', '--map-group=1000', '--']
const systemUsers = ['platen-postgres', 'postgres']

/** How PostgreSQL runs here. `dataOwner`: uid that owns an existing data directory, which then decides. */
export async function chooseAccount(
  options: { dataOwner?: number; namespaces?: 'auto' | 'never' } = {},
): Promise<Account> {
  // Linux only: both exist.
  const [uid, gid] = [process.getuid?.() ?? -1, process.getgid?.() ?? -1]
  if (uid !== 0) return { kind: 'ourselves', uid, gid, command: (file, args) => ({ file, args }) }
  const existing = options.dataOwner === undefined || options.dataOwner === 0 ? undefined : await systemUser()
  if (existing && existing.uid === options.dataOwner) return asSystemUser(existing)
  if (options.namespaces !== 'never' && (await namespacesWork())) {
    return {
      kind: 'namespace',
      uid,
      gid,
      command: (file, args) => ({ file: 'unshare', args: [...namespace, file, ...args] }),
    }
  }
  return asSystemUser((await systemUser()) ?? (await createSystemUser()))
}

export async function userName(uid: number): Promise<string> {
  const found = (await passwordEntries()).find((entry) => entry.uid === uid)
  return found ? `${found.name} (uid ${uid})` : `uid ${uid}`
}

interface SystemUser {
  name: string
  uid: number
  gid: number
}

function asSystemUser(user: SystemUser): Account {
  const { uid, gid } = user
  return { kind: 'system-user', uid, gid, command: (file, args) => ({ file, args, uid, gid }) }
}

async function namespacesWork(): Promise<boolean> {
  const outcome = await runCommand({ file: 'unshare', args: [...namespace, 'true'] }, { timeoutMs: 5_000 })
  return outcome.code === 0
}

async function systemUser(): Promise<SystemUser | undefined> {
  const entries = await passwordEntries()
  return systemUsers.map((name) => entries.find((entry) => entry.name === name)).find((entry) => entry !== undefined)
}

async function createSystemUser(): Promise<SystemUser> {
  const args = [
    '--system',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    'platen-postgres',
  ]
  const outcome = await runCommand({ file: 'useradd', args }, { timeoutMs: 15_000 })
  const created = await systemUser()
  if (created) return created
  throw new DriverError(
    'refused',
    'PostgreSQL refuses to run as root, user namespaces are closed here and no system user could be made ' +
      `(${outcome.output.trim()}). Start Platen as an ordinary user, or create a user named platen-postgres.`,
  )
}

async function passwordEntries(): Promise<SystemUser[]> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':')
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : []
  })
}
