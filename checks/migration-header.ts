const required: readonly [string, RegExp][] = [
  ['why', /\bwhy\b/i],
  ['lock', /\block(s|ed)?\b/i],
  ['rows', /\brows?\b/i],
  ['old code', /\bold code\b/i],
  ['undo', /\bundo\b/i],
]

/** What the opening comment of a migration fails to say; empty when all is there. (The runner limits the wait for locks.) */
export function headerProblems(migration: string): string[] {
  const header: string[] = []
  for (const line of migration.split('\n')) {
    if (!line.startsWith('--') && line.trim() !== '') break
    header.push(line)
  }
  return required.filter(([, pattern]) => !pattern.test(header.join('\n'))).map(([name]) => name)
}
