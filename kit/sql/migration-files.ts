import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const FILE_PATTERN = /^\d{4}_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/
const SCHEMA_FILE = 'schema.sql'

/** One feature's migrations: files `NNNN_verb_noun.sql` in a folder that may also hold the resulting `schema.sql`. */
export interface MigrationSet {
  /** Unique over the platform; never renamed, since the ledger knows the set by it. */
  name: string
  directory: URL
}

export interface Migration {
  set: string
  file: string
  text: string
  /** SHA-256 of the file, hex. */
  checksum: string
  transactional: boolean
}

/** Migrations that cannot or must not be applied. Nothing of the offending file was applied. */
export class MigrationError extends Error {
  readonly reason: 'bad-file' | 'edited' | 'newer-database' | 'out-of-order' | 'failed'

  constructor(reason: MigrationError['reason'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MigrationError'
    this.reason = reason
  }
}

/** The files of a set in order. Throws MigrationError `bad-file` for a name or number that breaks the rule. */
export function readMigrations(set: MigrationSet): Migration[] {
  const directory = fileURLToPath(set.directory)
  const files = readdirSync(directory)
    .filter((file) => file.endsWith('.sql') && file !== SCHEMA_FILE)
    .toSorted()
  files.forEach((file, index) => {
    if (!FILE_PATTERN.test(file))
      throw new MigrationError('bad-file', `${set.name}/${file} is not named NNNN_verb_noun.sql`)
    if (file.slice(0, 4) === files[index - 1]?.slice(0, 4)) {
      throw new MigrationError('bad-file', `${set.name}/${file} has the number of ${files[index - 1]}`)
    }
  })
  return files.map((file) => {
    const text = readFileSync(`${directory}/${file}`, 'utf8')
    const checksum = createHash('sha256').update(text).digest('hex')
    const transactional = !/^-- no-transaction\s*$/m.test(header(text))
    if (transactional && /^\s*(?:begin|commit|rollback|end)\s*;/im.test(withoutBodies(text))) {
      throw new MigrationError(
        'bad-file',
        `${set.name}/${file} controls its transaction; the runner does that, with the ledger row inside`,
      )
    }
    return { set: set.name, file, text, checksum, transactional }
  })
}

/** Statements of a file without a transaction: each is sent alone, separated by lines that read `-- next`. */
export function statementsOf(migration: Migration): string[] {
  return migration.text
    .split(/^-- next\s*$/m)
    .filter((statement) => statement.replaceAll(/--[^\n]*/g, '').trim() !== '')
}

// Dollar-quoted bodies may say `end;`, that is plpgsql.
function withoutBodies(text: string): string {
  return text.replaceAll(/\$(\w*)\$[\s\S]*?\$\1\$/g, "''")
}

// The comment lines at the top.
function header(text: string): string {
  return /^(?:--[^\n]*\n|\s*\n)*/.exec(text)?.[0] ?? ''
}
