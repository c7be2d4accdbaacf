/**
 * Both languages say the same things, every text is used and every text used exists. Keys are read from the sources: a literal
 * t('a.b') counts as itself, a template t(`a.${x}`) and a key computed otherwise count through the families listed here.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const web = import.meta.dirname

interface Texts {
  folder: string
  texts: string
  /** Families whose last part is data: problem codes, states, step names. */
  families: readonly string[]
}

/** What the pages of web/people name and each app has its own words for. */
const namedByPeople = [
  'role',
  'roleText',
  'resource',
  'permissionAction',
  'auditAction',
  'auditResource',
  'jobName',
  'report',
]

const packages: readonly Texts[] = [
  { folder: 'ui', texts: 'ui/i18n', families: ['problem'] },
  { folder: 'people', texts: 'people/texts', families: ['problem', ...namedByPeople] },
  { folder: 'console', texts: 'console/src/texts', families: ['problem', 'site.reason', ...namedByPeople] },
  { folder: 'desk', texts: 'desk/src/texts', families: ['problem', ...namedByPeople] },
]
/** Whose texts a package may use beside its own. */
const shared: Readonly<Record<string, readonly string[]>> = {
  ui: [],
  people: ['ui'],
  console: ['ui', 'people'],
  desk: ['ui', 'people'],
}

const usedBy = Object.fromEntries(packages.map(({ folder }) => [folder, keysUsedIn(join(web, folder))]))

describe.each(packages)('the texts of $folder', ({ folder, texts, families }) => {
  const known = keysOf(texts, 'en')

  test('have the same keys and placeholders in both languages', () => {
    expect(shapeOf(texts, 'fr')).toEqual(shapeOf(texts, 'en'))
  })

  test('hold every key that the sources use', () => {
    const lent = packages
      .filter((one) => shared[folder]?.includes(one.folder))
      .flatMap((one) => keysOf(one.texts, 'en'))
    const available = [...known, ...lent]
    const missing = [...(usedBy[folder]?.exact ?? [])].filter((key) => !available.some((have) => isKey(have, key)))
    expect(missing).toEqual([])
  })

  test('are all used', () => {
    const users = packages
      .filter((one) => one.folder === folder || shared[one.folder]?.includes(folder))
      .map((one) => usedBy[one.folder])
    const exact = users.flatMap((used) => [...(used?.exact ?? [])])
    const prefixes = [
      ...users.flatMap((used) => [...(used?.prefixes ?? [])]),
      ...families.map((family) => `${family}.`),
    ]
    const unused = known.filter(
      (key) => !exact.some((use) => isKey(key, use)) && !prefixes.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused).toEqual([])
  })
})

/** `limits_one` is the singular of `limits`. */
function isKey(key: string, used: string): boolean {
  return key === used || key.replace(/_(one|other)$/, '') === used
}

function keysUsedIn(folder: string): { exact: Set<string>; prefixes: Set<string> } {
  const exact = new Set<string>()
  const prefixes = new Set<string>()
  for (const source of sourcesIn(folder)) {
    // Any quoted `word.word`: also keys chosen by a condition before they reach t(). Names of permissions look alike.
    for (const [, key = ''] of source.matchAll(
      /(?:\bt\(|i18nKey=|\? |(?<!permission): )['"]([a-z][\w-]*(?:\.[\w-]+)*)['"]/gi,
    )) {
      if (source.includes(`t('${key}'`) || key.includes('.')) exact.add(key)
    }
    for (const [, prefix = ''] of source.matchAll(/`([a-z]\w*\.(?:[\w-]+\.)*)\$\{/gi)) prefixes.add(prefix)
  }
  return { exact, prefixes }
}

function sourcesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.test.ts') && !/(^|\/)(dist|node_modules)\//.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8'))
}

function shapeOf(texts: string, language: string): Record<string, string[]> {
  return Object.fromEntries(
    [...flatten(read(texts, language))].map(([key, text]) => [
      key,
      [...text.matchAll(/\{\{\w+\}\}|<\/?\w+>/g)].map(String).toSorted(),
    ]),
  )
}

function keysOf(texts: string, language: string): string[] {
  return [...flatten(read(texts, language)).keys()]
}

function read(texts: string, language: string): unknown {
  return JSON.parse(readFileSync(join(web, texts, `${language}.json`), 'utf8'))
}

function flatten(value: unknown, path = ''): Map<string, string> {
  if (Array.isArray(value)) return new Map([[path, `${value.length} parts`]])
  if (typeof value !== 'object' || value === null) return new Map([[path, String(value)]])
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [...flatten(inner, path === '' ? key : `${path}.${key}`)]),
  )
}
