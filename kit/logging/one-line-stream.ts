import { REDACTED } from './redact.ts'

// Harmless to a JSON parser, harmful to a person or tool that reads the raw line: C1 controls, zero-width and bidirectional
// marks (they make text look like other text), and the line separators that some readers break lines at.
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const DECEPTIVE = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g

// Secrets that sit inside a sentence, where no field name gives them away. Strangers choose what is searched (paths, names), so a pattern
// must not start anew at each place and then look on to the end: what it may skip is bounded, or its end always matches.
const SECRET_TEXT: readonly [RegExp, string][] = [
  [/\b(Bearer|Basic) +[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`],
  [/\beyJ[\w-]{8,500}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  [/(:\/\/[^\s:/@"\\]{1,200}):[^\s/@"\\]{1,200}@/g, `$1:${REDACTED}@`],
  [/([?&#](?:ticket|token|code|access_token|refresh_token|password|signature)=)[^\s&"'\\]+/gi, `$1${REDACTED}`],
  [/\b(password )'(?:[^']|'')*'/gi, `$1'${REDACTED}'`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|(?=")|$)/gm, REDACTED],
]

/** Deceptive characters as JSON escapes. */
export const harmlessText = (text: string): string =>
  text.replaceAll(DECEPTIVE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A text of another program with what looks like a secret blanked. */
export function redactText(text: string): string {
  let safe = text
  for (const [pattern, replacement] of SECRET_TEXT) safe = safe.replaceAll(pattern, replacement)
  return safe
}

/**
 * Wraps the destination of a logger: each write is one JSON event, and it leaves as exactly one line of harmless characters.
 * Characters are replaced by their JSON escapes, so a parser reads the very same text.
 */
export function oneLineStream(destination: { write(line: string): unknown }): { write(line: string): void } {
  return {
    write(line) {
      destination.write(redactText(harmlessText(line)))
    },
  }
}
