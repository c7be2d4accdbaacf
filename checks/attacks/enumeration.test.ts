// Signing in and resetting a password: identity/attacks/enumeration.test.ts. Here what only whole APIs have.
import { newId } from '@platen/kit/ids'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { areToldApart, timesInTurns } from '../../identity/testing/told-apart.ts'
import type { Answer } from '../../manager/testing/api.ts'
import type { TestPerson } from '../../manager/testing/builders.ts'
import { managerStage, type ManagerStage } from '../fuzz/manager-stage.ts'
import { mailedToken } from './mailed-token.ts'

const rounds = 40

let stage: ManagerStage
let owner: TestPerson
/** People of another tenant. */
let known: string[]
beforeAll(async () => {
  stage = await managerStage()
  owner = await stage.api.person({ role: 'owner' })
  const other = await stage.api.person({ role: 'owner' })
  const people = await Promise.all(
    Array.from({ length: rounds }, () => stage.api.person({ role: 'reader', tenant: other })),
  )
  known = people.map(({ email }) => email)
})
afterAll(() => stage.close())

/** An answer without what differs each time, and without the address that was asked about. */
const comparable = ({ status, text }: Answer, email: string): string =>
  `${status} ${text}`
    .replaceAll(email, '')
    .replaceAll(/"instance":"[^"]*"/g, '')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '')
const unknown = (): string => `nobody-${newId()}@example.org`

/** Answers and times of a request about somebody known and about somebody unknown, in turns. */
async function compared(ask: (email: string, round: number) => Promise<Answer>): Promise<void> {
  const answers: [Set<string>, Set<string>] = [new Set(), new Set()]
  const asking = (which: 0 | 1) => async (round: number) => {
    const email = which === 0 ? (known[round] ?? '') : unknown()
    answers[which].add(comparable(await ask(email, round), email))
  }
  const [ours, theirs] = await timesInTurns(rounds, asking(0), asking(1))
  expect(areToldApart(ours, theirs)).toBe(false)
  expect(answers[0]).toEqual(answers[1])
  expect(answers[0].size).toBe(1)
}

describe('who has an account (attack 27)', { timeout: 600_000 }, () => {
  test('is not told to who registers an address, by answer or time', async () => {
    await compared(async (email, round) => {
      const body = { tenantName: 'T', name: 'N', email, password: `a password of the ${round}th round` }
      const answer = await stage.app.inject({
        method: 'POST',
        url: '/api/v1/auth/register',
        // One address per try: who looks for accounts has many.
        remoteAddress: `203.0.113.${round}`,
        payload: body,
      })
      return { status: answer.statusCode, text: answer.body, headers: {}, body: answer.json(), cookies: [] }
    })
  })

  test('is not told to an owner who invites an address of another organisation, by answer or time', async () => {
    await compared((email) =>
      stage.api.call({ method: 'POST', path: '/invitations', body: { email, roles: ['reader'] }, as: owner }),
    )
  })

  test('nor that there was an invitation, to who opens a link that was withdrawn and one that never was', async () => {
    const withdrawn: string[] = []
    for (let round = 0; round < rounds; round += 1) {
      const email = unknown()
      const made = await stage.api.call({
        method: 'POST',
        path: '/invitations',
        body: { email, roles: ['reader'] },
        as: owner,
      })
      withdrawn.push(await mailedToken(stage.platform, email))
      await stage.api.call({ method: 'DELETE', path: `/invitations/${made.body.id}`, as: owner })
    }
    const answers = new Set<string>()
    const inspect = async (token: string) => {
      const answer = await stage.api.call({ method: 'POST', path: '/auth/invitations/inspection', body: { token } })
      answers.add(comparable(answer, ''))
    }
    const invented = Buffer.alloc(32, 7).toString('base64url')
    const [ours, theirs] = await timesInTurns(
      rounds,
      (round) => inspect(withdrawn[round] ?? ''),
      () => inspect(invented),
    )
    expect(answers.size).toBe(1)
    expect(areToldApart(ours, theirs)).toBe(false)
  })
})
