/**
 * Settings are read once per process, by name, from the environment. Every package declares its own in its `config.ts` with
 * `defineSettings`; nothing else looks at process.env. One declaration gives the typed value, the sentence an operator reads
 * when it is wrong, and the row of docs/reference/settings.md.
 */
import type { z } from 'zod'
import { Secret } from '../secrets/index.ts'
import { SettingsError } from './settings-error.ts'
import type { SettingFault } from './settings-error.ts'
import { faultOfSecret } from './weak-secrets.ts'

export interface SettingDefinition {
  /** Name of the environment variable, `PLATEN_...`. */
  readonly env: string
  /** Takes the text of the variable and gives the typed value. Optional settings use `.optional()`. */
  readonly schema: z.ZodType
  /** Text used when the variable is absent or empty, read through the same schema. Never allowed for a secret. */
  readonly default?: string
  /** One or two sentences for the reference page: what it does, unit, what to think of when changing it. */
  readonly description: string
  /** The value becomes a `Secret`; missing, shorter than 32 bytes, or a known default refuses the start. */
  readonly secret?: boolean
}

export type SettingsTable<T extends Record<string, SettingDefinition> = Record<string, SettingDefinition>> = {
  readonly [K in keyof T]: T[K]
}

export type SettingsOf<T extends Record<string, SettingDefinition>> = {
  readonly [K in keyof T]: T[K]['secret'] extends true
    ? undefined extends z.output<T[K]['schema']>
      ? Secret | undefined
      : Secret
    : z.output<T[K]['schema']>
}

// Process-wide on purpose, like the problems: the reference page and the "did you mean" hints are made from it.
const tables: SettingsTable[] = []

/** @throws Error when a row breaks the house rules: name, description, or a secret with a default. */
export function defineSettings<const T extends Record<string, SettingDefinition>>(table: T): SettingsTable<T> {
  for (const [key, setting] of Object.entries(table)) assertSound(key, setting)
  tables.push(table)
  return table
}

/** Every setting defined so far in this process, sorted by name; a name declared twice appears once. */
export function definedSettings(): readonly SettingDefinition[] {
  const byName = new Map(tables.flatMap((table) => Object.values(table)).map((setting) => [setting.env, setting]))
  return [...byName.values()].sort((a, b) => (a.env < b.env ? -1 : 1))
}

/**
 * Reads all settings of the table.
 * @throws SettingsError naming every bad setting at once, so that an operator corrects them in one go.
 */
export function readSettings<const T extends Record<string, SettingDefinition>>(
  table: SettingsTable<T>,
  env: NodeJS.ProcessEnv,
): SettingsOf<T> {
  const faults: SettingFault[] = []
  const values: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries<SettingDefinition>(table)) {
    const outcome = readOne(setting, env[setting.env])
    if ('problem' in outcome) faults.push({ env: setting.env, ...outcome })
    else values[key] = outcome.value
  }
  if (faults.length > 0) throw new SettingsError(faults)
  // Each key of T was given the output of its own schema just above.
  return values as SettingsOf<T>
}

type Outcome = { value: unknown } | { problem: string; remedy: string }

function readOne(setting: SettingDefinition, given: string | undefined): Outcome {
  // An empty variable is what compose files and shells leave behind for "not set".
  const text = given === undefined || given === '' ? setting.default : given
  const isOptional = setting.schema.safeParse(undefined).success
  if (text === undefined && isOptional) return { value: undefined }
  if (setting.secret === true) {
    const fault = faultOfSecret(text)
    if (fault !== undefined) return fault
  }
  if (text === undefined) return { problem: 'is missing', remedy: `set it: ${setting.description}` }
  const parsed = setting.schema.safeParse(text)
  if (parsed.success) return { value: setting.secret === true ? new Secret(String(parsed.data)) : parsed.data }
  const reasons = parsed.error.issues.map((issue) => issue.message).join('; ')
  // The value of a secret never appears in an error, not even a wrong one.
  const shown = setting.secret === true ? '' : ` (it is ${JSON.stringify(text.slice(0, 100))})`
  const fallback = setting.default === undefined ? '' : `, or remove it to use ${JSON.stringify(setting.default)}`
  return { problem: `is wrong${shown}: ${reasons}`, remedy: `correct it${fallback}` }
}

function assertSound(key: string, setting: SettingDefinition): void {
  if (!/^PLATEN_[A-Z0-9]+(_[A-Z0-9]+)*$/.test(setting.env))
    throw new Error(`Setting ${key}: ${setting.env} is not a PLATEN_ name`)
  if (setting.description.trim() === '') throw new Error(`Setting ${setting.env} has no description`)
  if (setting.secret === true && setting.default !== undefined)
    throw new Error(`Secret ${setting.env} must not have a default`)
}
