import { ProblemError } from './problem.ts'
import type { ProblemDefinition, ProblemMore } from './problem.ts'

/** A feature's table of problems and the way to raise one of them. */
export interface ProblemFeature<Code extends string = string> {
  readonly feature: string
  readonly table: Readonly<Record<Code, ProblemDefinition>>
  /** Makes (does not throw) the problem: `throw sitesProblems.problem('site-name-taken', '...')`. */
  problem(code: Code, detail: string, more?: ProblemMore): ProblemError
}

// Process-wide on purpose: importing a feature's problems.ts is what makes its codes known to the reference page and to OpenAPI.
const features = new Map<string, ProblemFeature>()

/**
 * Declares a feature's problems, once, in its `problems.ts`.
 * @throws Error when a row breaks the house rules (kebab code, 4xx or 5xx, every text filled) or its code belongs to another feature.
 */
export function defineProblems<const T extends Record<string, ProblemDefinition>>(
  feature: string,
  table: T,
): {
  readonly feature: string
  readonly table: T
  problem(code: keyof T & string, detail: string, more?: ProblemMore): ProblemError
} {
  for (const [code, definition] of Object.entries(table)) assertSound(feature, code, definition)
  const defined = {
    feature,
    table,
    problem(code: string, detail: string, more?: ProblemMore): ProblemError {
      const definition = table[code]
      if (definition === undefined) throw new Error(`Feature ${feature} has no problem called ${code}`)
      return new ProblemError(code, definition, detail, more)
    },
  }
  features.set(feature, defined)
  return defined
}

/** Every table defined so far in this process, by feature name. */
export function problemFeatures(): readonly ProblemFeature[] {
  return [...features.values()].sort((a, b) => (a.feature < b.feature ? -1 : 1))
}

/** The definition behind a code, whichever feature owns it. */
export function findProblem(code: string): { feature: string; definition: ProblemDefinition } | undefined {
  for (const { feature, table } of features.values()) {
    const definition = Object.hasOwn(table, code) ? table[code] : undefined
    if (definition !== undefined) return { feature, definition }
  }
  return undefined
}

function assertSound(feature: string, code: string, definition: ProblemDefinition): void {
  const owner = findProblem(code)?.feature
  if (owner !== undefined && owner !== feature)
    throw new Error(`Problem ${code} of ${feature} is already defined by ${owner}`)
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(code))
    throw new Error(`Problem code ${code} of ${feature} is not kebab-case`)
  if (!Number.isInteger(definition.status) || definition.status < 400 || definition.status > 599) {
    throw new Error(`Problem ${code} of ${feature} has status ${definition.status}, which is not an error`)
  }
  for (const member of ['title', 'user', 'operator'] as const) {
    if (definition[member].trim() === '') throw new Error(`Problem ${code} of ${feature} has an empty ${member}`)
  }
}
