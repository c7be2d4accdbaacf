// Follows docs/develop/add-a-protected-resource.md in a copy of the manager below test-output/: what the page says must compile and hold.
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../tools/repository.ts'
import { runNode } from '../tools/run.ts'
import { applyChange, blocksOf } from './page-blocks.ts'
import { readRepositoryFile } from './repository-files.ts'

const page = 'docs/develop/add-a-protected-resource.md'
// Two compilers on a machine that is busy with the rest of the suite.
const timeoutMs = 300_000
const copy = join(repositoryRoot, 'test-output', `protected-resource-${process.pid}`)

beforeAll(async () => {
  for (const name of ['src', 'testing', 'migrations', 'package.json'])
    await cp(join(repositoryRoot, 'manager', name), join(copy, 'manager', name), { recursive: true })
  await followPage()
  await writeFile(
    join(copy, 'tsconfig.json'),
    JSON.stringify({
      extends: '../../tsconfig.json',
      compilerOptions: { incremental: false },
      include: ['manager/src/notes'],
    }),
  )
  await writeFile(
    join(copy, 'vitest.config.js'),
    `export default { test: { include: ['manager/src/notes/*.test.ts'], testTimeout: 60_000, hookTimeout: 120_000 } }\n`,
  )
})
afterAll(() => rm(copy, { recursive: true, force: true }))

test(
  'the blocks of the page have the types they need',
  async () => {
    const { code, output } = await runNode('typescript/bin/tsc', ['-p', join(copy, 'tsconfig.json')])
    expect(code, output).toBe(0)
  },
  timeoutMs,
)

test(
  'what the page builds answers owner, reader and other organisations as the page says',
  async () => {
    const args = ['run', '--root', copy, '--config', join(copy, 'vitest.config.js')]
    // Without what this run told its own worker.
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('VITEST')))
    const { code, output } = await runNode('vitest/vitest.mjs', args, { env, cwd: copy })
    expect(code, output).toBe(0)
    expect(output).toContain('4 passed')
  },
  timeoutMs,
)

test('a change that does not fit the file is noticed', () => {
  expect(applyChange('a\nb\nc\n', ' a\n-b\n+d\n')).toBe('a\nd\nc\n')
  expect(() => applyChange('a\nb\n', ' b\n+c\n a\n')).toThrow('found 0 times')
})

async function followPage(): Promise<void> {
  const migrations = await readdir(join(copy, 'manager/migrations'))
  const next = String(migrations.filter((name) => /^\d{4}_/.test(name)).length + 1).padStart(4, '0')
  for (const { kind, path, text } of blocksOf(await readRepositoryFile(page))) {
    const file = join(copy, path.replace('NNNN', next))
    await mkdir(dirname(file), { recursive: true })
    await writeFile(file, kind === 'file' ? text : applyChange(await readFile(file, 'utf8'), text))
  }
}
