import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DriverError } from '../../../errors/index.ts'
import { chooseAccount, userName, type Account } from './account.ts'
import { binariesVersion, completeBinaries } from './binaries.ts'

/** Where one server really lives: the paths PostgreSQL itself is given. */
export interface Place {
  account: Account
  binaries: string
  dataDirectory: string
  socketDirectory: string
}

/** The kernel keeps 108 bytes for a unix socket's path, the closing zero included. */
const socketPathLimitBytes = 107
const socketName = '.s.PGSQL.5432'

/**
 * Decides account, binaries and real folders, and makes the parent folders. Refuses, touching nothing, a data directory
 * of another owner or another major version, a folder that is no data directory, and a socket path that is too long.
 */
export async function preparePlace(options: {
  dataDirectory: string
  socketDirectory: string
  major: string
  namespaces?: 'auto' | 'never'
}): Promise<Place> {
  const { dataDirectory, socketDirectory } = options
  refuseLongSocketPath(socketDirectory)
  const owner = await ownerOf(dataDirectory)
  const account = await chooseAccount({
    ...(owner === undefined ? {} : { dataOwner: owner }),
    ...(options.namespaces ? { namespaces: options.namespaces } : {}),
  })
  await refuseForeignData(dataDirectory, options.major, owner, account)
  await mkdir(dirname(dataDirectory), { recursive: true, mode: 0o700 })
  await mkdir(socketDirectory, { recursive: true, mode: 0o700 })
  if (account.kind === 'system-user') return systemUserPlace(dataDirectory, socketDirectory, account)
  const binaries = await completeBinaries(join(dirname(dataDirectory), `binaries-${await binariesVersion()}`))
  return { account, binaries, dataDirectory, socketDirectory }
}

// The system user can reach neither our data directory nor our socket directory (0700, perhaps below /root). Its server
// lives below /var/lib/platen, and what everybody else uses are links to it.
async function systemUserPlace(dataDirectory: string, socketDirectory: string, account: Account): Promise<Place> {
  const name = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 12)
  const home = join('/var/lib/platen', name)
  for (const folder of ['/var/lib/platen', home]) {
    await mkdir(folder, { recursive: true })
    await chmod(folder, 0o755)
  }
  // initdb makes its folder beside the final one, hence a parent that belongs to the system user.
  for (const folder of ['data', 'run']) {
    await mkdir(join(home, folder), { recursive: true })
    await chmod(join(home, folder), 0o700)
    await chown(join(home, folder), account.uid, account.gid)
  }
  const place = {
    account,
    binaries: await completeBinaries(`/var/lib/platen/binaries-${await binariesVersion()}`, true),
    dataDirectory: join(home, 'data', basename(dataDirectory)),
    socketDirectory: join(home, 'run'),
  }
  await replaceLink(place.dataDirectory, dataDirectory)
  await replaceLink(join(place.socketDirectory, socketName), join(socketDirectory, socketName))
  return place
}

async function replaceLink(target: string, link: string): Promise<void> {
  const found = await lstat(link).catch(() => undefined)
  if (found && !found.isSymbolicLink() && !found.isSocket()) {
    throw new DriverError('refused', `${link} exists and is not ours: move it away`)
  }
  await rm(link, { force: true })
  await symlink(target, link)
}

function refuseLongSocketPath(socketDirectory: string): void {
  const path = join(socketDirectory, socketName)
  if (Buffer.byteLength(path) <= socketPathLimitBytes) return
  throw new DriverError(
    'refused',
    `the socket path ${path} has ${Buffer.byteLength(path)} bytes, Linux allows ${socketPathLimitBytes}: choose a shorter folder`,
  )
}

/** Uid of an existing data directory (through a link); undefined when there is none yet. */
async function ownerOf(dataDirectory: string): Promise<number | undefined> {
  return stat(dataDirectory).then(
    (found) => found.uid,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw new DriverError('refused', `the data directory ${dataDirectory} cannot be read: ${error.message}`, {
        cause: error,
      })
    },
  )
}

async function refuseForeignData(
  dataDirectory: string,
  major: string,
  owner: number | undefined,
  account: Account,
): Promise<void> {
  if (owner === undefined) return
  const [theirs, ours] = [await userName(owner), await userName(process.getuid?.() ?? -1)]
  if (owner !== account.uid) {
    throw new DriverError(
      'refused',
      `the data directory ${dataDirectory} belongs to ${theirs}, but Platen was started by ${ours}: ` +
        `start it as its owner, or choose another PLATEN_DATA_DIR. Nothing was changed.`,
    )
  }
  const version = await readFile(join(dataDirectory, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
  if (version === major) return
  if (version !== undefined) {
    throw new DriverError(
      'refused',
      `the data directory ${dataDirectory} was written by PostgreSQL ${version}, this Platen brings PostgreSQL ${major}: ` +
        `start the Platen that wrote it, or move the folder away. Nothing was changed.`,
    )
  }
  if ((await readdir(dataDirectory)).length === 0) return
  throw new DriverError(
    'refused',
    `the folder ${dataDirectory} is not empty and is no PostgreSQL data directory: move it away. Nothing was changed.`,
  )
}
