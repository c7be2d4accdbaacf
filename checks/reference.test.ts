import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definedEvents } from '../kit/outbox/index.ts'
import { problemFeatures } from '../kit/problems/index.ts'
import { eventShapes } from '../tools/events-page.ts'
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

  test('cover the roles and tables of both places, and say who sees which row', () => {
    const pageOf = (name: string) => pages.find(({ path }) => path === `docs/reference/${name}.md`)?.text ?? ''
    expect(pageOf('permissions')).toContain('| `orders.submit` | yes | yes |  |  |  |')
    expect(pageOf('permissions')).toContain('| `sites.drop` | yes | yes |  |  |')
    expect(pageOf('database-manager')).toContain('## sites')
    expect(pageOf('database-commerce')).toContain('orders ||--o{ order_lines : "order_id"')
    expect(pageOf('database-identity')).toContain('Row-level security, forced: `tenant_isolation`.')
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

describe('events', () => {
  test('are declared in the events.ts of their features, so that the reference page has them all', async () => {
    const elsewhere: string[] = []
    for await (const file of glob('{kit,drivers,identity,business,bench,manager}/**/*.ts', {
      cwd: repositoryRoot,
      exclude: (name) => name === 'node_modules' || name.endsWith('.test.ts') || name === 'testing',
    })) {
      const source = await readFile(join(repositoryRoot, file), 'utf8')
      if (/\bdefineEvent\(/.test(source) && !/\/events\.ts$/.test(file)) elsewhere.push(file)
    }
    expect(elsewhere).toEqual([])
    const page = pages.find(({ path }) => path.endsWith('events.md'))?.text ?? ''
    for (const { type, version } of definedEvents()) expect(page).toContain(`## ${type} v${version}`)
  })

  test('keep the shape of a published version: another field, another type or no definition any more is refused', () => {
    const published = JSON.parse(eventShapes()) as Record<string, { properties: Record<string, object> }>
    const { 'SiteCreated v1': created, ...others } = published
    const differently = { ...created?.properties, name: { type: 'integer' } }
    const withMore = { ...created?.properties, colour: { type: 'string' } }
    for (const properties of [differently, withMore]) {
      expect(() => eventShapes({ ...others, 'SiteCreated v1': { ...created, properties } })).toThrow(
        'The payload of SiteCreated v1 has another shape',
      )
    }
    expect(() => eventShapes({ ...published, 'SiteForgotten v1': {} })).toThrow('SiteForgotten v1 is published')
    expect(eventShapes({})).toBe(eventShapes())
  })
})
