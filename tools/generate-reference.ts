/**
 * Writes the reference pages that are made from the code: problems.md, settings.md, events.md, events.json, permissions.md and
 * database-*.md of docs/reference, and the list of setting names that kit/config compares the environment with. Run it after changing a
 * problems.ts, config.ts or events.ts, a migration, a role, or the API documents:
 *
 *   npx node tools/generate-reference.ts
 *
 * checks/reference.test.ts fails while the files differ from what this makes.
 */
import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { definedSettings } from '../kit/config/index.ts'
import { problemFeatures } from '../kit/problems/index.ts'
import { databasePages } from './database-pages.ts'
import { eventShapes, eventsPage, shapesFile } from './events-page.ts'
import { markdownTable } from './markdown-table.ts'
import { permissionsPage } from './permissions-page.ts'
import { repositoryRoot } from './repository.ts'
import { setup } from './test-setup.ts'

/** Path from the root of the repository and the text that belongs there. */
export interface ReferencePage {
  readonly path: string
  readonly text: string
}

/** Imports every problems.ts, config.ts and events.ts of the backend, then makes the pages. Needs the PostgreSQL of the tests. */
export async function referencePages(): Promise<readonly ReferencePage[]> {
  for (const file of await tableFiles()) await import(pathToFileURL(file).href)
  return [
    { path: 'docs/reference/problems.md', text: problemsPage() },
    { path: 'docs/reference/settings.md', text: settingsPage() },
    { path: 'docs/reference/events.md', text: eventsPage(GENERATED) },
    { path: shapesFile, text: eventShapes() },
    { path: 'docs/reference/permissions.md', text: await permissionsPage(GENERATED) },
    ...(await databasePages(GENERATED)),
    { path: 'kit/config/known-settings.ts', text: knownSettings() },
  ]
}

async function tableFiles(): Promise<readonly string[]> {
  const files: string[] = []
  const pattern =
    '{kit,drivers,identity,business,bench,manager,supervisor,cli}/**/{problems,*-problems,config,events}.ts'
  for await (const file of glob(pattern, { cwd: repositoryRoot, exclude: (name) => name === 'node_modules' }))
    files.push(file)
  return files.sort().map((file) => join(repositoryRoot, file))
}

const GENERATED = '<!-- Made by tools/generate-reference.ts. Change the table in the code and run it again. -->'

function problemsPage(): string {
  const sections = problemFeatures().map(({ feature, table }) => {
    const rows = Object.entries(table)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([code, row]) => [
        `\`${code}\``,
        String(row.status),
        row.title,
        row.user,
        row.operator,
        row.retryable === true ? 'yes' : 'no',
      ])
    return `## ${feature}\n\n${markdownTable(['Code', 'Status', 'Title', 'What the user does', 'What the operator does', 'Retry may help'], rows)}`
  })
  return `${GENERATED}

# Problems

Every error of every API is an RFC 9457 document (\`application/problem+json\`) with \`type\` \`/problems/<code>\`, which is a page on the same
host. Programs decide by \`code\`; \`title\` and \`detail\` are for people. \`errors\` lists bad places as JSON pointers: into the body, or under
\`/query\`, \`/params\` and \`/headers\`. \`instance\` is the request id, which is also in the log.

Statuses: 401 no or bad credentials. 403 only where the thing may be known to exist; another organisation's anything is 404. 409 conflict
with the current state. 412 changed meanwhile. 422 well-formed but refused by a rule. 429 with \`Retry-After\`. 503 something we depend on is
down. 507 quota or disk. 500 is always our bug.

${sections.join('\n\n')}
`
}

function settingsPage(): string {
  const rows = definedSettings().map((setting) => [
    `\`${setting.env}\``,
    setting.secret === true ? '(secret)' : setting.default === undefined ? '' : `\`${setting.default}\``,
    setting.description,
  ])
  return `${GENERATED}

# Settings

Settings are environment variables, read once when a process starts. A bad one stops the start with its name and what to do; a \`PLATEN_\`
variable that is not listed here is ignored with a warning. An empty variable counts as absent. Secrets need at least 32 random bytes.

${markdownTable(['Name', 'Default', 'Meaning'], rows)}
`
}

function knownSettings(): string {
  const names = definedSettings().map(({ env }) => `  '${env}',\n`)
  return `// Made by tools/generate-reference.ts: all processes share one environment, so each knows the names that the others read.\nexport const KNOWN_SETTINGS: readonly string[] = [\n${names.join('')}]\n`
}

if (import.meta.main) {
  const stopServer = await setup()
  try {
    for (const { path, text } of await referencePages()) {
      const file = join(repositoryRoot, path)
      const before = await readFile(file, 'utf8').catch(() => '')
      if (before !== text) await writeFile(file, text)
      console.log(`${before === text ? 'unchanged' : 'written  '} ${path}`)
    }
  } finally {
    await stopServer?.()
  }
}
