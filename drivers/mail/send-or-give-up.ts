import { FinalFailure } from '@platen/kit/jobs'
import { isDriverError } from '../errors/index.ts'
import type { CallOptions, Mail, Mailer } from './contract.ts'

/**
 * Sends a mail as a job does: one that went before under its id has gone. @throws FinalFailure for what will never be taken, the
 * mailer's own error where sending again may help.
 */
export async function sendOrGiveUp(mailer: Mailer, mail: Mail, options: CallOptions): Promise<void> {
  try {
    await mailer.send(mail, options)
  } catch (error) {
    // It went before, and its text has changed since.
    if (isDriverError(error) && error.kind === 'already-exists') return
    if (isDriverError(error) && error.kind === 'refused') throw new FinalFailure(error.message, { cause: error })
    throw error
  }
}
