import { expect, test } from 'vitest'
import { headerProblems } from './migration-header.ts'
import { readRepositoryFile, repositoryFiles } from './repository-files.ts'

test('every migration is named NNNN_verb_noun.sql, numbered without gap or twin', async () => {
  const problems: string[] = []
  for (const [directory, names] of await migrationDirectories()) {
    for (const [index, name] of names.entries()) {
      const [, digits] = /^(\d{4})_[a-z0-9]+(?:_[a-z0-9]+)+\.sql$/.exec(name) ?? []
      if (digits === undefined) problems.push(`${directory}/${name}: not NNNN_verb_noun.sql`)
      else if (Number(digits) !== index + 1)
        problems.push(`${directory}/${name}: ${String(index + 1).padStart(4, '0')} expected`)
    }
  }
  expect(problems).toEqual([])
})

test('every migration opens with a comment: why, lock, rows, old code, how to undo by hand', async () => {
  const problems: string[] = []
  for (const [directory, names] of await migrationDirectories()) {
    for (const name of names) {
      const missing = headerProblems(await readRepositoryFile(`${directory}/${name}`))
      if (missing.length > 0) problems.push(`${directory}/${name}: ${missing.join(', ')}`)
    }
  }
  expect(problems).toEqual([])
})

test('a migration without a header is noticed', () => {
  expect(headerProblems('CREATE TABLE things ();')).toEqual(['why', 'lock', 'rows', 'old code', 'undo'])
})

async function migrationDirectories(): Promise<[string, string[]][]> {
  const directories = new Map<string, string[]>()
  for (const file of await repositoryFiles('.sql')) {
    const [, directory, name] = /^(.+\/migrations)\/([^/]+)$/.exec(file) ?? []
    // What the migrations add up to lies beside them.
    if (directory && name && name !== 'schema.sql')
      directories.set(directory, [...(directories.get(directory) ?? []), name])
  }
  return [...directories]
}
