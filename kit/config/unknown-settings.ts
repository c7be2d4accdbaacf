import { KNOWN_SETTINGS } from './known-settings.ts'
import { definedSettings } from './settings.ts'

export interface UnknownSetting {
  readonly env: string
  /** The known name that looks most like it, when one does. */
  readonly nearest?: string
  /** A sentence for the log or the terminal. */
  readonly message: string
}

/**
 * `PLATEN_*` variables that no setting has: almost always a typing mistake that would otherwise be silently ignored.
 * Known names are those of all processes (known-settings.ts), of the tables this one imported, and `alsoKnown`;
 * PLATEN_TEST_* belongs to the tests.
 */
export function unknownSettings(env: NodeJS.ProcessEnv, alsoKnown: Iterable<string> = []): readonly UnknownSetting[] {
  const known = new Set([...KNOWN_SETTINGS, ...definedSettings().map((setting) => setting.env), ...alsoKnown])
  return Object.keys(env)
    .filter((name) => name.startsWith('PLATEN_') && !name.startsWith('PLATEN_TEST_') && !known.has(name))
    .sort()
    .map((name) => describe(name, nearestName(name, known)))
}

function describe(env: string, nearest: string | undefined): UnknownSetting {
  const hint = nearest === undefined ? 'See docs/reference/settings.md.' : `Did you mean ${nearest}?`
  const message = `${env} is not a setting and is ignored. ${hint}`
  return nearest === undefined ? { env, message } : { env, nearest, message }
}

/** The closest name within a third of its length in edits, the first by alphabet on a tie. */
function nearestName(name: string, known: ReadonlySet<string>): string | undefined {
  const own = name.replace(/^PLATEN_/, '')
  const ranked = [...known]
    .map((candidate) => ({ candidate, edits: editDistance(own, candidate.replace(/^PLATEN_/, '')) }))
    .sort((a, b) => a.edits - b.edits || (a.candidate < b.candidate ? -1 : 1))
  const best = ranked[0]
  return best !== undefined && best.edits <= Math.max(2, Math.ceil(own.length / 3)) ? best.candidate : undefined
}

/** Levenshtein distance, one row at a time; names are short. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (const [row, letter] of a.split('').entries()) {
    const current = [row + 1]
    for (const [column, other] of b.split('').entries()) {
      const substituted = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      current.push(Math.min(substituted, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    previous = current
  }
  return previous[b.length] ?? 0
}
