// pg_dump must be at least as new as the server (an older one refuses), and pg_restore not newer (it sends settings that an
// older server does not know): the same major is what is wanted. Searched in this order:
//   1. the configured folder (PLATEN_PG_TOOLS): it or nothing, because who set it meant it
//   2. the system's, of the server's major: PATH and /usr/lib/postgresql/*/bin
//   3. those of the npm package, unpacked into the data directory
//   4. the system's, of a newer major: they dump, and what they restore the drill will tell
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DriverError } from '../../../errors/index.ts'
import { runCommand } from '../embedded/command.ts'
import { embeddedMajor } from '../embedded/index.ts'
import { readPgToolsPlaces, type PgToolsPlaces } from './config.ts'
import { packagedTools, removePackagedTools } from './packaged-tools.ts'
import { missingLibraries } from './shared-libraries.ts'

/** Absolute paths of PostgreSQL's programs. */
export interface PgTools {
  pg_dump: string
  pg_restore: string
  /** Null where it does not run here (it needs libreadline); nothing of ours does. */
  psql: string | null
  major: number
  /** For example 18.4. Archives of foreign origin need a pg_restore of at least 18.7, see docs/decisions. */
  version: string
  source: 'configured' | 'system' | 'package'
}

const versionTimeoutMs = 10_000
const debianFolder = '/usr/lib/postgresql'

/**
 * The programs that dump and restore databases of a server of that major version (default: the embedded one's).
 * @throws DriverError `refused` with what to install or to set.
 */
export async function pgTools(options: { serverMajor?: number; places?: PgToolsPlaces } = {}): Promise<PgTools> {
  const serverMajor = options.serverMajor ?? Number(embeddedMajor)
  const places = options.places ?? readPgToolsPlaces()
  if (places.configured !== undefined) return configuredTools(places.configured, serverMajor)
  const system = await systemTools(places.path, serverMajor)
  const same = system.find((tools) => tools.major === serverMajor)
  if (same) return same
  const packaged = await unpackedTools(places.dataDirectory, serverMajor)
  const found = 'tools' in packaged ? packaged.tools : system[0]
  if (found) return found
  throw new DriverError(
    'refused',
    `no pg_dump and pg_restore of PostgreSQL ${serverMajor} found: install postgresql-client-${serverMajor}, ` +
      `or set PLATEN_PG_TOOLS to the folder that holds them${'reason' in packaged ? ` (${packaged.reason})` : ''}`,
  )
}

async function configuredTools(folder: string, serverMajor: number): Promise<PgTools> {
  const found = await toolsIn(folder, 'configured')
  if ('reason' in found) throw new DriverError('refused', `PLATEN_PG_TOOLS is ${folder}, but ${found.reason}`)
  if (found.tools.major >= serverMajor) return found.tools
  throw new DriverError(
    'refused',
    `PLATEN_PG_TOOLS is ${folder}, which holds PostgreSQL ${found.tools.version}: the server is ${serverMajor}, and an older pg_dump refuses it`,
  )
}

/** Those of at least the server's major, the oldest first: nearest to the server. */
async function systemTools(path: readonly string[], serverMajor: number): Promise<PgTools[]> {
  const majors = await readdir(debianFolder).catch((): string[] => [])
  // Debian's /usr/bin/pg_dump is a wrapper that chooses a version: the real ones come first.
  const folders = [...majors.map((major) => join(debianFolder, major, 'bin')), ...path]
  const answers = await Promise.all([...new Set(folders)].map((folder) => toolsIn(folder, 'system')))
  const tools = answers.flatMap((answer) => ('tools' in answer ? [answer.tools] : []))
  return tools.filter(({ major }) => major >= serverMajor).toSorted((a, b) => a.major - b.major)
}

async function unpackedTools(dataDirectory: string, serverMajor: number): Promise<Answer> {
  const folder = await packagedTools(dataDirectory)
  if (folder === undefined) return { reason: `no package with the tools for ${process.platform} ${process.arch}` }
  let found = await toolsIn(folder, 'package')
  if ('reason' in found && !found.isLibraryMissing) {
    // A disk that was full or lost power may have left empty files.
    await removePackagedTools(folder)
    found = await toolsIn((await packagedTools(dataDirectory)) ?? folder, 'package')
  }
  if ('reason' in found || found.tools.major >= serverMajor) return found
  return { reason: `the tools that come with Platen are of PostgreSQL ${found.tools.version}` }
}

type Answer = { tools: PgTools } | { reason: string; isLibraryMissing?: boolean }

async function toolsIn(folder: string, source: PgTools['source']): Promise<Answer> {
  const [dump, restore, psql] = await Promise.all(
    ['pg_dump', 'pg_restore', 'psql'].map((name) => versionOf(join(folder, name))),
  )
  for (const answer of [dump, restore]) if (!answer || 'reason' in answer) return answer ?? { reason: 'nothing runs' }
  // Both have a version: checked in the line above, which the compiler cannot follow.
  const [dumpVersion, restoreVersion] = [dump, restore].map((answer) => (answer as { version: string }).version)
  if (dumpVersion === undefined || dumpVersion !== restoreVersion)
    return { reason: `${folder} mixes pg_dump ${dumpVersion} and pg_restore ${restoreVersion}` }
  const tools: PgTools = {
    pg_dump: join(folder, 'pg_dump'),
    pg_restore: join(folder, 'pg_restore'),
    psql: psql && 'version' in psql ? join(folder, 'psql') : null,
    major: Number.parseInt(dumpVersion, 10),
    version: dumpVersion,
    source,
  }
  return { tools }
}

async function versionOf(file: string): Promise<{ version: string } | { reason: string; isLibraryMissing?: boolean }> {
  const { code, output } = await runCommand({ file, args: ['--version'] }, { timeoutMs: versionTimeoutMs })
  const version = /\(PostgreSQL\) ([0-9]+(?:\.[0-9]+)*)/.exec(output)?.[1]
  if (code === 0 && version !== undefined) return { version }
  if (!/error while loading shared libraries/.test(output))
    return { reason: `${file} does not run: ${output.trim().slice(0, 300) || `exit code ${code}`}` }
  const { libraries, debianPackages } = await missingLibraries(file)
  const remedy = debianPackages.length > 0 ? `: apt-get install ${debianPackages.join(' ')}` : ''
  return { reason: `${file} lacks the libraries ${libraries.join(', ')}${remedy}`, isLibraryMissing: true }
}
