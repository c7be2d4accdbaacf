import type { Severity } from '../alerts/index.ts'

/** What one check found. */
export interface Finding {
  name: string
  ok: boolean
  severity: Severity
  detail: string
  /** Null where nothing has to be done. */
  whatToDo: string | null
}

/** A look at one thing. What it throws, or its silence for too long, is its finding, too. */
export interface Check {
  name: string
  /** How bad that is. */
  severity: Severity
  /** What has to be done then. */
  whatToDo: string
  /** Where the first look takes longer than others. */
  timeoutMs?: number
  look(signal: AbortSignal): Promise<Omit<Finding, 'name'>>
}

const deadlineMs = 5_000

/** All of them at once, in their order; none waits for, or fails with, another. */
export const runChecks = (checks: readonly Check[], timeoutMs: number = deadlineMs): Promise<Finding[]> =>
  Promise.all(checks.map((check) => runCheck(check, timeoutMs)))

async function runCheck(check: Check, defaultMs: number): Promise<Finding> {
  const { name, severity, whatToDo, timeoutMs = defaultMs, look } = check
  const signal = AbortSignal.timeout(timeoutMs)
  // The signal asks politely; whoever does not listen is left behind.
  const silence = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error(`No answer within ${timeoutMs / 1000} seconds.`)))
  })
  try {
    return { name, ...(await Promise.race([look(signal), silence])) }
  } catch (error) {
    const detail = signal.aborted
      ? `No answer within ${timeoutMs / 1000} seconds.`
      : error instanceof Error
        ? error.message
        : String(error)
    return { name, ok: false, severity, detail, whatToDo }
  }
}

export const fine = (detail: string): Omit<Finding, 'name'> => ({ ok: true, severity: 'info', detail, whatToDo: null })

/** Not wrong, but worth knowing. */
export const remark = (detail: string, whatToDo: string | null): Omit<Finding, 'name'> => ({
  ...fine(detail),
  whatToDo,
})

export const wrong = (severity: Severity, detail: string, whatToDo: string): Omit<Finding, 'name'> => ({
  ok: false,
  severity,
  detail,
  whatToDo,
})
