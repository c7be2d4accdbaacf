import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CommandFailure, exitCodes } from './failures.ts'

/** Asks at the terminal; a secret is not shown while it is typed. Fails where nobody can answer. */
export function ask(
  question: string,
  { secret = false, setting }: { secret?: boolean; setting: string },
): Promise<string> {
  if (!process.stdin.isTTY)
    throw new CommandFailure(
      exitCodes.usage,
      `This needs an answer at a terminal: "${question}". In a script give ${setting} instead.`,
    )
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input: process.stdin, output: secret ? silent : process.stdout, terminal: true })
  // A silent terminal shows nothing, the question included.
  if (secret) process.stdout.write(`${question}: `)
  return new Promise((resolve) => {
    terminal.question(`${question}: `, (answer) => {
      terminal.close()
      if (secret) process.stdout.write('\n')
      resolve(secret ? answer : answer.trim())
    })
  })
}
