/** What a mail may be, the same for every vendor. Refuses instead of repairing: a cleaned header still says what its author wanted. */
import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { DriverError } from '../errors/index.ts'
import type { Mail } from './contract.ts'

const MAXIMUM_BODY_BYTES = 256 * 1024
const MAXIMUM_SUBJECT_LENGTH = 500
const MAXIMUM_ADDRESS_LENGTH = 254
const MAXIMUM_ID_LENGTH = 250

// RFC 5322 dot-atom: what goes unquoted into an envelope and a header.
const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
const LOCAL_PART = new RegExp(`^${ATOM}(?:\\.${ATOM})*$`)
const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/
const TAG = /^[a-z0-9]+(?:[-:.][a-z0-9]+)*$/

/** The mail with its host in the form that travels (punycode). @throws DriverError `refused` that names the field, not its content. */
export function requireMail(mail: Mail): Mail {
  requireLine('subject', mail.subject, MAXIMUM_SUBJECT_LENGTH)
  requireBody('text', mail.text)
  if (mail.html !== undefined) requireBody('html', mail.html)
  if (mail.tag.length > 64 || !TAG.test(mail.tag))
    throw refused('the tag is not lower-case words with dashes or colons')
  const [unique, host] = splitAddress('message id', mail.messageId)
  if (mail.messageId.length > MAXIMUM_ID_LENGTH || !LOCAL_PART.test(unique) || !HOST.test(host.toLowerCase()))
    throw refused('the message id is not of the form unique@host')
  return { ...mail, to: requireAddress('recipient', mail.to) }
}

/** @throws DriverError `refused` unless it is one plain address; an international host comes back as punycode. */
export function requireAddress(field: string, address: string): string {
  const [local, host] = splitAddress(field, address)
  const asciiHost = /\s/.test(host) ? '' : domainToASCII(host)
  const ascii = `${local}@${asciiHost}`
  if (local.length > 64 || !LOCAL_PART.test(local) || !HOST.test(asciiHost) || ascii.length > MAXIMUM_ADDRESS_LENGTH)
    throw refused(`the ${field} is not an address of the form name@host`)
  return ascii
}

/** Equal for equal mails: tells a repeated send from another mail under the same id. */
export function fingerprintOf({ to, subject, text, html, tag }: Mail): string {
  return createHash('sha256')
    .update(JSON.stringify([to, subject, text, html ?? null, tag]))
    .digest('hex')
}

export function otherMailOfThatId(messageId: string): DriverError {
  return new DriverError('already-exists', `another mail was sent as ${messageId}`)
}

function requireLine(field: string, line: string, maximumLength: number): void {
  if (line.trim() === '' || line.length > maximumLength) throw refused(`the ${field} is empty or too long`)
  // Every control character, the line ends of Unicode, and halves of surrogate pairs, which have no UTF-8.
  if (/[\p{Cc}\u2028\u2029]/u.test(line) || !line.isWellFormed())
    throw refused(`the ${field} contains control characters`)
}

function requireBody(field: string, body: string): void {
  if (Buffer.byteLength(body) > MAXIMUM_BODY_BYTES)
    throw refused(`the ${field} has more than ${MAXIMUM_BODY_BYTES} bytes`)
  if (body.includes('\0') || !body.isWellFormed()) throw refused(`the ${field} contains what no text contains`)
}

function splitAddress(field: string, address: string): [local: string, host: string] {
  const at = address.lastIndexOf('@')
  if (at <= 0) throw refused(`the ${field} is not of the form name@host`)
  return [address.slice(0, at), address.slice(at + 1)]
}

function refused(reason: string): DriverError {
  return new DriverError('refused', `the mail cannot be sent: ${reason}`)
}
