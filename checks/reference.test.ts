import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { problemFeatures } from '../kit/problems/index.ts'
import { referencePages } from '../tools/generate-reference.ts'
import { repositoryRoot } from '../tools/repository.ts'

const pages = await referencePages()

describe('reference pages', () => {
  test.each(pages.map(({ path, text }) => [path, text]))('%s says what the code says', async (path, text) => {
    const committed = await readFile(join(repositoryRoot, path), 'utf8').catch(() => '')
    expect(committed === text, `${path} is out of date: run npx node tools/generate-reference.ts and commit it`).toBe(
      true,
    )
  })

  test('cover the settings of the platform and the problems of every feature', () => {
    expect(pages.find(({ path }) => path.endsWith('settings.md'))?.text).toContain('`PLATEN_DATA_DIR`')
    expect(problemFeatures().length).toBeGreaterThan(1)
  })
})

describe('problem codes', () => {
  test('are used by something; only kit offers words that no feature needs yet', async () => {
    let source = ''
    for await (const file of glob('{drivers,identity,business,bench,manager,supervisor,cli,kit}/**/*.ts', {
      cwd: repositoryRoot,
      exclude: (name) => name === 'node_modules',
    })) {
      if (!file.endsWith('.test.ts')) source += await readFile(join(repositoryRoot, file), 'utf8')
    }
    const unused = problemFeatures()
      .filter(({ feature }) => feature !== 'kit')
      .flatMap(({ table }) => Object.keys(table))
      // Its row is one mention; quoted keys and unquoted single words both count as such.
      .filter((code) => source.split(`'${code}'`).length - 1 < (code.includes('-') ? 2 : 1))
    expect(unused, 'remove these rows or raise these problems').toEqual([])
  })
})
