import { runCommand } from '../embedded/command.ts'

// What the tools need beyond glibc, and the Debian packages that bring it. From Debian 13 and Ubuntu 24.04 on some of them
// end in t64; apt finds them by the old name too.
const packages: readonly (readonly [prefix: string, debianPackage: string])[] = [
  ['libssl.so', 'libssl3'],
  ['libcrypto.so', 'libssl3'],
  ['liblz4.so', 'liblz4-1'],
  ['libzstd.so', 'libzstd1'],
  ['libgssapi_krb5.so', 'libgssapi-krb5-2'],
  ['libreadline.so', 'libreadline8'],
  ['libldap', 'libldap-2.5-0'],
  ['libz.so', 'zlib1g'],
  ['libpq.so', 'libpq5'],
]

export interface MissingLibraries {
  libraries: string[]
  /** Debian packages, each once; a library we do not know has none. */
  debianPackages: string[]
}

/** Which shared libraries a program does not find here. The loader is asked, not the program: it tells all at once. */
export async function missingLibraries(file: string): Promise<MissingLibraries> {
  const command = { file: 'env', args: ['LD_TRACE_LOADED_OBJECTS=1', file] }
  const { output } = await runCommand(command, { timeoutMs: 10_000 })
  const lines = output.split('\n').map((line) => /^\s*(\S+) => not found/.exec(line)?.[1])
  const libraries = [...new Set(lines.filter((line) => line !== undefined))]
  const found = libraries.map((library) => packages.find(([prefix]) => library.startsWith(prefix))?.[1])
  return { libraries, debianPackages: [...new Set(found.filter((name) => name !== undefined))] }
}
