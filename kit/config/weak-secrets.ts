/** A secret has at least this many bytes: what an HMAC-SHA256 or AES-256 key needs to be worth its algorithm. */
export const MINIMUM_SECRET_BYTES = 32

// Values that copy-and-paste leaves behind. Compared without case and punctuation, also when repeated to gain length.
const KNOWN_DEFAULTS = [
  'admin', 'change', 'changeit', 'changeme', 'changethis', 'default', 'demo', 'dev', 'development', 'example', 'foobar',
  'insecure', 'key', 'letmein', 'mysecret', 'password', 'passw0rd', 'platen', 'postgres', 'replaceme', 'root', 'secret',
  'secretkey', 'supersecret', 'test', 'todo', 'token', 'topsecret', 'yoursecret', 'yoursecrethere', 'yoursecretkey',
] // prettier-ignore

/** Why this text is no secret and what to do, or undefined when it may serve. Never repeats the text. */
export function faultOfSecret(text: string | undefined): { problem: string; remedy: string } | undefined {
  const remedy = `set it to at least ${MINIMUM_SECRET_BYTES} random bytes, for example the output of: openssl rand -base64 48`
  if (text === undefined) return { problem: 'is missing and is a secret', remedy }
  if (isKnownDefault(text)) return { problem: 'is a well-known default, so it is no secret', remedy }
  const sizeBytes = Buffer.byteLength(text)
  if (sizeBytes < MINIMUM_SECRET_BYTES) {
    return { problem: `is too short for a secret: ${sizeBytes} of ${MINIMUM_SECRET_BYTES} bytes`, remedy }
  }
  if (new Set(text).size < 8) return { problem: 'repeats a few characters, so it is no secret', remedy }
  return undefined
}

/** True for `changeme`, `CHANGE-ME!`, `changemechangeme...` and `change-me-secret-password`: known words and nothing else. */
function isKnownDefault(text: string): boolean {
  let rest = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/[0-9]*$/, '')
  if (rest === '') return /^[0-9]+$/.test(text)
  const longestFirst = KNOWN_DEFAULTS.toSorted((a, b) => b.length - a.length)
  while (rest !== '') {
    const word = longestFirst.find((known) => rest.startsWith(known))
    if (word === undefined) return false
    rest = rest.slice(word.length)
  }
  return true
}
