// Written in pieces, so that this file does not report itself. `/home/node` and `/root` alone are honest words in documentation.
const homes = new RegExp(String.raw`/(?:home|Users)/(?!node\b|platen\b|user\b|you\b|runner\b)[a-z][\w.-]*/[\w.-]+`, 'g')
const workspaces = new RegExp(String.raw`(?<![\w.$}])/(?:work|workspace)/(?:main|shared|repo)\b[\w./-]*`, 'g')
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\n[A-Za-z0-9+/]{16}/

/** Paths of a developer's machine and private keys in a text, as found. */
export function machineTraces(text: string): string[] {
  const paths = [homes, workspaces].flatMap((pattern) => [...text.matchAll(pattern)].map(([path]) => path))
  return privateKey.test(text) ? [...paths, 'private key'] : paths
}
