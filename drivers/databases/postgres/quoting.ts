import { DriverError } from '../../errors/index.ts'

/** The only way a name gets into a statement. Our names need no quotes, so everything that would is refused. */
export function ident(name: string): string {
  if (/^[a-z][a-z0-9_]{0,62}$/.test(name)) return name
  throw new DriverError('refused', `${JSON.stringify(name.slice(0, 80))} is not a database or role name`)
}

/** A text literal, for utility statements that take no parameters. Safe whatever standard_conforming_strings says. */
export function literal(text: string): string {
  if (text.includes('\0')) throw new DriverError('refused', 'a text for PostgreSQL must not contain a NUL character')
  const quoted = `'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`
  return text.includes('\\') ? ` E${quoted}` : quoted
}

export function count(value: number): string {
  if (Number.isSafeInteger(value) && value >= -1) return String(value)
  throw new DriverError('refused', `${value} is not a limit`)
}
