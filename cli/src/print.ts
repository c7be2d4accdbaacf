import { styleText } from 'node:util'

/** How a command tells its result: JSON for programs, text for people. */
export interface Output {
  json: boolean
  /** One value as JSON, or the lines for a person. */
  show(value: unknown, lines: () => string[]): void
  /** Progress and hints: standard error, so that --json stays clean. */
  note(line: string): void
}

export function createOutput(json: boolean): Output {
  return {
    json,
    show: (value, lines) =>
      process.stdout.write(json ? `${JSON.stringify(value, undefined, 2)}\n` : `${lines().join('\n')}\n`),
    note: (line) => void process.stderr.write(`${line}\n`),
  }
}

type Style = Parameters<typeof styleText>[0]

/** Colour only where a terminal shows it (styleText honours NO_COLOR and redirection). */
export const paint = (style: Style, text: string): string => styleText(style, text, { stream: process.stdout })

const stateStyles: Record<string, Style> = {
  active: 'green',
  ok: 'green',
  succeeded: 'green',
  repaired: 'green',
  settled: 'green',
  reported: 'yellow',
  planned: 'cyan',
  waiting: 'dim',
  suspended: 'yellow',
  warning: 'yellow',
  warn: 'yellow',
  error: 'red',
  fatal: 'red',
  running: 'cyan',
  pending: 'dim',
  critical: 'red',
  failed: 'red',
  refused: 'red',
  info: 'cyan',
  delivered: 'green',
  retrying: 'yellow',
  broken: 'red',
}

export const state = (word: string): string => paint(stateStyles[word] ?? 'reset', word)

/** Columns as wide as their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => visibleLength(row[column] ?? ''))),
  )
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - visibleLength(cell)))
      .join('  ')
      .trimEnd()
  return [paint('dim', line(header)), ...rows.map(line)]
}

// eslint-disable-next-line no-control-regex -- colour codes are control characters
const visibleLength = (text: string): number => text.replaceAll(/\u001b\[[0-9;]*m/g, '').length

/** In the unit that makes it short; of a thousand, as plans count. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, count)) / 3)))
  const value = count / 1000 ** power
  return `${power === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[power] ?? ''}`
}
