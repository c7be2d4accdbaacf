import { randomBytes } from 'node:crypto'
import { sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { password as sitePassword } from '../../bench/testing/site.ts'
import { managerStage, type ManagerStage } from '../fuzz/manager-stage.ts'
import { runFuzz } from '../fuzz/run-fuzz.ts'
import { siteStage, type SiteStage } from '../fuzz/site-stage.ts'
import { stageTarget, type Stage } from '../fuzz/stage-target.ts'
import { Canaries } from './canaries.ts'
import { mailedToken, tokenIn } from './mailed-token.ts'
import { tellSecretStory, type StoryPlace } from './secret-story.ts'

describe.each(['manager', 'site'] as const)('secrets of the %s (attack 42)', (kind) => {
  let stage: ManagerStage | SiteStage
  const canaries = new Canaries()
  let errors: string[] = []

  beforeAll(async () => {
    stage = kind === 'manager' ? await managerStage() : await siteStage()
    const place = 'platform' in stage ? await inManager(stage, canaries) : await inSite(stage, canaries)
    canaries.plant('a private key', 'BEGIN PRIVATE KEY')
    errors = (await tellSecretStory(place, canaries)).errors
    errors.push(...(await fuzzAs(stage, canaries)))
  }, 600_000)
  afterAll(() => stage.close())

  test('are in no log line, no error answer, no row of any table and no argument of a process', async () => {
    expect(canaries.count).toBeGreaterThan(20)
    expect(errors.length).toBeGreaterThan(20)
    const logged = 'platform' in stage ? stage.api.logged : stage.logged
    expect(logged.length).toBeGreaterThan(100)
    const database = 'platform' in stage ? stage.platform.database : stage.site.database
    expect({
      log: canaries.in(logged.join('\n')),
      errors: canaries.in(errors.join('\n')),
      database: await canaries.inDatabase(database.db),
      processes: await canaries.inProcessList(),
    }).toEqual({ log: [], errors: [], database: [], processes: [] })
  })

  test('would be found where they are', async () => {
    const planted = new Canaries()
    planted.plant('known text', 'production.sites')
    planted.plant('name of the program', process.argv[1] ?? 'no program')
    const { db } = 'platform' in stage ? stage.platform.database : stage.site.database
    await sql`CREATE TABLE public.planted AS SELECT 'production.sites' AS text`.execute(db)
    await sql`CREATE TABLE public.planted_bytes AS SELECT convert_to('production.sites', 'UTF8') AS bytes`.execute(db)
    expect(await planted.inDatabase(db)).toEqual(
      expect.arrayContaining(['known text in public.planted', 'known text in public.planted_bytes']),
    )
    expect(await planted.inProcessList()).toContain('name of the program in the process list')
  })
})

/** Requests of all kinds by people whose tokens are canaries; answers what was refused. */
async function fuzzAs(stage: Stage, canaries: Canaries): Promise<string[]> {
  const people = Object.fromEntries(
    Object.entries(stage.people).map(([name, person]) => [
      name,
      { ...person, signIn: async () => canaries.plant(`access token of ${name}`, await person.signIn()) },
    ]),
  )
  const target = await stageTarget({ ...stage, people })
  const refused: string[] = []
  const send: typeof target.send = async (request) => {
    const answer = await target.send(request)
    if (answer.status >= 400) refused.push(answer.text)
    return answer
  }
  await runFuzz({ ...target, send }, { cases: 100, seed: 42 })
  return refused
}

async function inManager({ api, platform, app, host }: ManagerStage, canaries: Canaries): Promise<StoryPlace> {
  const who = await api.person({ role: 'owner', operator: true, hashed: true })
  canaries.plant('key of the vault', platform.vaultKey.toString('hex'))
  const { secret } = (
    await api.call({ method: 'POST', path: '/alert-webhooks', body: { url: 'https://8.8.8.8/a' }, as: who })
  ).body as unknown as { secret: string } // contract of POST /alert-webhooks
  canaries.plant('secret of a webhook', secret)
  const password = canaries.plant('password of who registers', randomBytes(18).toString('base64url'))
  const registering = { tenantName: 'Canary', name: 'C', email: 'canary@example.org', password }
  await api.call({ method: 'POST', path: '/auth/register', body: registering })
  const setup = canaries.plant('setup code', randomBytes(18).toString('base64url'))
  await api.call({ method: 'POST', path: '/setup', body: { code: setup, email: 'a@example.org', password, name: 'A' } })
  return {
    app,
    host,
    who,
    role: 'reader',
    scope: 'users.read',
    mailedToken: (to) => mailedToken(platform, to),
  }
}

async function inSite({ app, host, bench, site }: SiteStage, canaries: Canaries): Promise<StoryPlace> {
  const email = await site.aPerson('gerant')
  canaries.plant('password of the database', site.databasePassword)
  canaries.plant('sealing key', bench.sealingKey.toString('hex'))
  return {
    app,
    host,
    who: { email, password: sitePassword },
    role: 'lecture',
    scope: 'users.read',
    mailedToken: (to) =>
      eventually(() => {
        const mail = bench.mailer.sent.findLast((one) => one.to.includes(to) && one.text.includes('#token='))
        if (mail === undefined) throw new Error(`no mail to ${to}`)
        return tokenIn(mail.text)
      }),
  }
}
