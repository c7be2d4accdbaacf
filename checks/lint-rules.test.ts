import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repositoryRoot } from '../tools/repository.ts'
import { runNode } from '../tools/run.ts'

// Inside the checkout, where its configuration and its types apply. One run of the linter for all: starting it is what takes time.
let directory: string
let output: string

beforeAll(async () => {
  directory = await mkdtemp(join(repositoryRoot, 'checks', 'planted-'))
  for (const [index, { code }] of planted.entries()) await writeFile(join(directory, `plant-${index}.ts`), code)
  await writeFile(join(directory, 'BadName.ts'), 'export const x = 1\n')
  output = (await runNode('oxlint/bin/oxlint', ['--format=unix', directory])).output
})

afterAll(async () => {
  await rm(directory, { recursive: true, force: true })
})

const planted: readonly { title: string; rule: string; code: string }[] = [
  {
    title: 'a mock of our own module',
    rule: 'no-own-mocks',
    code: "import { vi } from 'vitest'\nvi.mock('./own.ts')\n",
  },
  { title: 'exec', rule: 'no-shell', code: "import { exec } from 'node:child_process'\nexec('ls')\n" },
  {
    title: 'a shell option',
    rule: 'no-shell',
    code: "import { spawn } from 'node:child_process'\nspawn('ls', [], { shell: true })\n",
  },
  {
    title: 'a shell with a command string',
    rule: 'no-shell',
    code: "import { spawn } from 'node:child_process'\nspawn('/bin/sh', ['-c', 'ls'])\n",
  },
  { title: 'a lone test', rule: 'no-bare-skip', code: "import { test } from 'vitest'\ntest.only('x', () => {})\n" },
  { title: 'a silent skip', rule: 'no-bare-skip', code: "import { test } from 'vitest'\ntest.skip('x', () => {})\n" },
  {
    title: 'a wish as a title',
    rule: 'fact-titles',
    code: "import { test } from 'vitest'\ntest('x should work', () => {})\n",
  },
  {
    title: 'an unexplained assertion',
    rule: 'reasoned-assertions',
    code: "export const x = JSON.parse('1') as number\n",
  },
  { title: 'a floating promise', rule: 'no-floating-promises', code: 'export async function f() {}\nf()\n' },
  { title: 'any', rule: 'no-explicit-any', code: 'export const x: any = 1\n' },
  { title: 'a default export', rule: 'no-default-export', code: 'export default 1\n' },
  {
    title: 'a switch that forgets a case',
    rule: 'switch-exhaustiveness-check',
    code: "export function f(x: 'a' | 'b') {\n  switch (x) {\n    case 'a':\n      return 1\n  }\n}\n",
  },
]

test.for(planted.map((plant, index) => ({ ...plant, file: `plant-${index}.ts` })))(
  'the linter sees: $title',
  ({ rule, file }) => {
    expect(findings(file).join('\n')).toContain(`(${rule})`)
  },
)

test('the linter sees: a file name in capitals', () => {
  expect(findings('BadName.ts').join('\n')).toContain('(filename-case)')
})

function findings(file: string): string[] {
  return output.split('\n').filter((line) => line.includes(`/${file}:`))
}
