import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { repositoryRoot } from '../tools/repository.ts'

const notOurs = new Set(['node_modules', '.git', '.platen', '.cache', 'dist', 'test-output'])

/** Paths of all files of the checkout that we wrote, relative to its root, sorted; optionally only those with one of the endings. */
export async function repositoryFiles(...endings: string[]): Promise<string[]> {
  const found: string[] = []
  const visit = async (directory: string): Promise<void> => {
    for (const entry of await readdir(directory, { withFileTypes: true })) {
      if (notOurs.has(entry.name) || entry.name.startsWith('dist.')) continue
      const path = join(directory, entry.name)
      if (entry.isDirectory()) await visit(path)
      else if (entry.isFile()) found.push(relative(repositoryRoot, path))
    }
  }
  await visit(repositoryRoot)
  return found.filter((file) => endings.length === 0 || endings.some((ending) => file.endsWith(ending))).toSorted()
}

/** Content of a file of the checkout. */
export function readRepositoryFile(file: string): Promise<string> {
  return readFile(join(repositoryRoot, file), 'utf8')
}
