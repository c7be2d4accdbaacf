/** A line of a log as the console shows it: of a program (openapi LogLine), or of a site (SiteLogLine) in the same shape. */
export interface LogLine {
  position: string
  at: string | null
  level: string | null
  message: string
  site: string | null
  operation: string | null
  requestId: string | null
  fields: Record<string, unknown>
}

/** What the API answers about one site: fewer fields, each by name. */
export interface SiteLogLine {
  position: string
  at: string | null
  level: string | null
  message: string
  requestId: string | null
  method: string | null
  path: string | null
  status: number | null
  durationMs: number | null
  problem: string | null
}

export function fromSiteLine({ position, at, level, message, requestId, ...facts }: SiteLogLine): LogLine {
  const fields = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null))
  return { position, at, level, message, requestId, site: null, operation: null, fields }
}

const mostFacts = 4

/** What a line says beside its message, in a few words: of a request what was asked and answered, of an error its reason. */
export function summaryOf({ fields }: LogLine): string {
  const { method, host, path, status, durationMs, problem, err, pid: _, ...others } = fields
  const place = `${wordOf(host)}${wordOf(path)}`
  const facts = [method, place, status, durationMs === undefined ? '' : `${wordOf(durationMs)} ms`, problem]
  const words = [...facts, reasonOf(err)].map(wordOf).filter((word) => word !== '')
  if (words.length > 0) return words.join(' ')
  return Object.entries(others)
    .filter(([, value]) => wordOf(value) !== '')
    .slice(0, mostFacts)
    .map(([name, value]) => `${name}=${wordOf(value)}`)
    .join(' ')
}

const wordOf = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''

const reasonOf = (error: unknown): unknown =>
  typeof error === 'object' && error !== null && 'message' in error ? error.message : ''
