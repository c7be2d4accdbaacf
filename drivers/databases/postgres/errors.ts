import { isDatabaseError } from '@platen/kit/sql'
import { DriverError, isDriverError, type DriverErrorKind } from '../../errors/index.ts'

// SQLSTATE, or its class of two characters. What is not here is `protocol`: we do not understand it.
const kinds: Record<string, DriverErrorKind> = {
  '3D000': 'not-found', // database
  '42704': 'not-found', // role
  '42P04': 'already-exists', // database
  '42710': 'already-exists', // role
  '23505': 'already-exists', // either, when two did it in the same moment
  '2BP01': 'refused', // role still owns something
  '42501': 'refused', // not ours
  '42602': 'refused', // name
  '55006': 'unavailable', // database in use
  '55P03': 'unavailable', // lock timeout: somebody else works on it
  '57014': 'unavailable', // cancelled, statement timeout
  '28': 'unauthorized',
  '08': 'unavailable',
  '53': 'unavailable', // no disk, memory, connections
  '57': 'unavailable', // shutdown, crash of another backend, starting up
  '40': 'unavailable',
  XX: 'protocol',
}

/** Gives any error of a call the shape of the contract, and says what was being attempted. */
export function toDriverError(error: unknown, attempting: string): DriverError {
  if (isDriverError(error)) return error
  const reason = error instanceof Error ? error.message : String(error)
  // What the server did not say itself came from the network: the outcome is unknown.
  const kind = isDatabaseError(error)
    ? (kinds[error.code] ?? kinds[error.code.slice(0, 2)] ?? 'protocol')
    : 'unavailable'
  return new DriverError(kind, `${attempting}: ${reason}`, { cause: error })
}

/** Somebody else made the same thing in the same moment (42P04 and 42710 when committed, 23505 when not yet): look again. */
export function isCreationRace(error: unknown): boolean {
  return isDatabaseError(error) && ['42P04', '42710', '23505'].includes(error.code)
}
