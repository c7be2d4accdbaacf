// Builds web/console and web/desk when their sources changed. `node tools/build-web.ts` alone builds what is out of date.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { repositoryRoot } from './repository.ts'
import { runNode, stopWithLauncher } from './run.ts'

const applications = ['console', 'desk'] as const
const webRoot = join(repositoryRoot, 'web')
const stampDirectory = join(repositoryRoot, '.cache')

/** Builds each application whose sources differ from its last build; a failure is thrown with the builder's output. */
export async function buildWeb(): Promise<{ built: string[] }> {
  const hash = await hashOfSources()
  const outdated: string[] = []
  for (const name of applications) {
    if (existsSync(join(webRoot, name, 'index.html')) && !(await isBuilt(name, hash))) outdated.push(name)
  }
  await Promise.all(outdated.map((name) => build(name, hash)))
  return { built: outdated }
}

async function isBuilt(name: string, hash: string): Promise<boolean> {
  if (!existsSync(join(webRoot, name, 'dist', 'index.html'))) return false
  return (await readFile(stampFile(name), 'utf8').catch(() => '')) === hash
}

// Built aside and swapped in: a running platform that serves `dist`, or a second build, never sees half of it.
async function build(name: string, hash: string): Promise<void> {
  const directory = join(webRoot, name)
  const dist = join(directory, 'dist')
  const next = join(directory, `dist.next-${process.pid}`)
  const old = join(directory, `dist.old-${process.pid}`)
  try {
    const done = await runNode('vite/bin/vite.js', ['build', '--outDir', next, '--emptyOutDir'], { cwd: directory })
    if (done.code !== 0) throw new Error(`web/${name} does not build:\n${done.output}`)
    await rename(dist, old).catch(ignoreMissing)
    await rename(next, dist)
  } finally {
    await rm(next, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
  await mkdir(stampDirectory, { recursive: true })
  await writeFile(stampFile(name), hash)
}

function stampFile(name: string): string {
  return join(stampDirectory, `web-${name}.sha256`)
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}

/** Content, not times: a fresh clone and a touched file say nothing. Both applications share web/ui and the API documents, so one hash serves both. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of [
    join(repositoryRoot, 'package-lock.json'),
    ...(await sources(webRoot)),
    ...(await sources(join(repositoryRoot, 'openapi'))),
  ]) {
    hash
      .update(`${relative(repositoryRoot, file)}\0`)
      .update(await readFile(file))
      .update('\0')
  }
  return hash.digest('hex')
}

async function sources(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true, recursive: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !relative(directory, file).split(sep).some(isGenerated))
    .toSorted()
}

function isGenerated(segment: string): boolean {
  return segment === 'node_modules' || segment === 'dist' || segment.startsWith('dist.')
}

if (import.meta.main) {
  stopWithLauncher()
  const startedMs = performance.now()
  try {
    const { built } = await buildWeb()
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
    if (built.length > 0) console.error(`platen: built ${built.join(' and ')} in ${seconds} s`)
  } catch (error) {
    console.error(`platen: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  }
}
