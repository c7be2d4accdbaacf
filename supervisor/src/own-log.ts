import { writeSync } from 'node:fs'
import { createLogger } from '@platen/kit/logging'
import { openLog } from './log-files.ts'

/** What the supervisor did, beside the logs of its children: a terminal forgets. A full disk loses lines, not the supervisor. */
export async function openOwnLog(file: string): Promise<(line: string) => void> {
  const handle = await openLog(file)
  const write = (line: string): void => {
    try {
      writeSync(handle.fd, line)
    } catch {
      // Nobody is left to tell: the terminal has the same line.
    }
  }
  const logger = createLogger({ name: 'supervisor', level: 'info', destination: { write } })
  return (line) => logger.info(line)
}
