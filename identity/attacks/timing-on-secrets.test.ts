import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestIdentity, password, visitor, type TestIdentity } from '../testing/identity.ts'
import { areToldApart, timesInTurns } from '../testing/told-apart.ts'

let home: TestIdentity
beforeAll(async () => {
  home = await openTestIdentity('site')
})
afterAll(() => home.database.drop())

describe('the time of comparing secrets (attack 28)', () => {
  test('does not tell how much of an API token was right', { timeout: 60_000 }, async () => {
    const { email } = await home.aPerson()
    const { accessToken } = await home.identity.signIn({ email, password }, visitor)
    const principal = await home.identity.authenticate(accessToken)
    if (principal === undefined) throw new Error('the session is over')
    const wanted = { name: 'a', scopes: ['products.read'], expiresInDays: 1 }
    const { token } = await home.identity.apiTokens.create(principal, wanted, visitor)
    // A different one each time: answers are kept for five seconds.
    const ending = (n: number) => `${token.slice(0, -3)}${String(n).padStart(3, '-')}`
    const beginning = (n: number) => `${token.slice(0, 20)}${String(n).padStart(3, '-')}${token.slice(23)}`
    expect(await home.identity.authenticate(token)).toBeDefined()
    const [nearly, hardly] = await timesInTurns(
      200,
      (round) => home.identity.authenticate(ending(round)),
      (round) => home.identity.authenticate(beginning(round)),
    )
    expect(areToldApart(nearly, hardly)).toBe(false)
  })

  test('plays no part: no source file of identity compares a secret with ===', async () => {
    const root = join(import.meta.dirname, '..')
    const files = (await readdir(root, { recursive: true })).filter((file) => /(?<!\.test)\.ts$/.test(file))
    const comparison =
      /\b\w*(?:secret|token|hash|password|code)\w*(?:\(\))? [!=]== (?!undefined|null|'[\w-]*'|\w+\.length)/i
    const found: string[] = []
    for (const file of files.filter((name) => !name.startsWith('testing/'))) {
      for (const line of (await readFile(join(root, file), 'utf8')).split('\n'))
        if (comparison.test(line)) found.push(`${file}: ${line.trim()}`)
    }
    expect(files.length).toBeGreaterThan(40)
    expect(found).toEqual([])
  })
})
