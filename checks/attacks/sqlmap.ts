// sqlmap (Debian's package) against a server of ours: what it says of a request whose places to try are marked with `*`.
import { spawn } from 'node:child_process'
import { findProgram, sqlmap } from '../../tools/debian-packages.ts'
import { temporaryDirectory } from '@platen/kit/testing'

export interface SqlmapTarget {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A JSON body; makes it a POST. */
  readonly body?: string
}

export interface SqlmapVerdict {
  readonly isInjectable: boolean
  /** It said so, one way or the other: a run that broke off proves nothing. */
  readonly hasDecided: boolean
  readonly output: string
}

export const isSqlmapHere = async (): Promise<boolean> => (await findProgram(sqlmap)) !== undefined

/** Level and risk as a person would begin: what changes no data. Times are not measured, a busy machine would be taken for a leak. */
const options = [
  '--batch',
  '--level=1',
  '--risk=1',
  '--dbms=PostgreSQL',
  '--technique=BEU',
  '--flush-session',
  '--disable-coloring',
]

export async function askSqlmap({ url, headers = {}, body }: SqlmapTarget): Promise<SqlmapVerdict> {
  const program = await findProgram(sqlmap)
  if (program === undefined) throw new Error('sqlmap is not installed')
  const directory = await temporaryDirectory()
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  // Refusals are what we hope for; sqlmap would stop at the first.
  const places = ['-u', url, `--headers=${lines.join('\\n')}`, '--ignore-code=*', `--output-dir=${directory.path}`]
  const output = await run(program, [...options, ...places, ...(body === undefined ? [] : [`--data=${body}`])])
  await directory.remove()
  const isInjectable = /identified the following injection point|is vulnerable/.test(output)
  return { isInjectable, hasDecided: isInjectable || output.includes('do not appear to be injectable'), output }
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const collect = (chunk: Buffer): void => void (output += chunk.toString())
    child.stdout.on('data', collect)
    child.stderr.on('data', collect)
    child.once('error', reject)
    child.once('close', () => resolve(output))
  })
}
