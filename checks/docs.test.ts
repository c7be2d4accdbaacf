import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { repositoryRoot } from '../tools/repository.ts'
import { anchorsOf, linksOf } from './markdown.ts'
import { readRepositoryFile, repositoryFiles } from './repository-files.ts'

const maximumFolderReadmeLines = 25
const maximumReadmeLines = 100
/** Has one line for each decision there is. */
const index = 'docs/decisions/README.md'

test('every link in the documentation leads to something in the repository', async () => {
  const broken: string[] = []
  for (const file of await repositoryFiles('.md')) {
    for (const link of linksOf(await readRepositoryFile(file))) {
      if (!(await leadsSomewhere(file, link))) broken.push(`${file}: ${link}`)
    }
  }
  expect(broken).toEqual([])
})

test('the README has at most 100 lines, the README of a folder at most 25', async () => {
  const tooLong: string[] = []
  for (const file of await repositoryFiles('README.md')) {
    if (file === index) continue
    const lines = (await readRepositoryFile(file)).trimEnd().split('\n').length
    const maximum = file === 'README.md' ? maximumReadmeLines : maximumFolderReadmeLines
    if (lines > maximum) tooLong.push(`${file}: ${lines} lines, at most ${maximum}`)
  }
  expect(tooLong).toEqual([])
})

test('every workspace and every top folder has a README', async () => {
  // npm reads the same field of the same file.
  const { workspaces } = JSON.parse(await readRepositoryFile('package.json')) as { workspaces: string[] }
  const files = await repositoryFiles()
  const topFolders = files.filter((file) => file.includes('/')).map((file) => file.split('/')[0] ?? '')
  const folders = new Set([...workspaces, ...topFolders.filter((folder) => !folder.startsWith('.'))])
  expect([...folders].filter((folder) => !files.includes(`${folder}/README.md`))).toEqual([])
})

test('a link to a heading that does not exist is noticed', async () => {
  expect(await leadsSomewhere('CONTRIBUTING.md', '#no-such-heading')).toBe(false)
  expect(await leadsSomewhere('CONTRIBUTING.md', 'no/such/file.md')).toBe(false)
})

async function leadsSomewhere(file: string, link: string): Promise<boolean> {
  if (/^[a-z][a-z+.-]*:/i.test(link)) return true
  const [path = '', anchor] = decodeURIComponent(link).split('#')
  const target = path === '' ? file : join(path.startsWith('/') ? '' : dirname(file), path)
  if (!existsSync(join(repositoryRoot, target))) return false
  if (!anchor || !target.endsWith('.md')) return true
  return anchorsOf(await readRepositoryFile(target)).includes(anchor)
}
