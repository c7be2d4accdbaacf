import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Operations } from '../../openapi/manager.ts'
import type { Client } from './client.ts'
import type { CommandConfig } from './config.ts'
import { CommandFailure, exitCodes } from './failures.ts'

const cookieName = '__Host-platen_refresh'

/** Whose rights the command uses. The refresh token lies in the data directory, readable by its owner alone. */
export interface Session {
  accessToken(): Promise<string>
  /** Keeps what a login or a claim answered. */
  keep(answer: { body: unknown; cookies: string[] }): Promise<void>
  forget(): Promise<void>
}

export function createSession(config: CommandConfig, client: Client): Session {
  const file = join(config.platform.dataDirectory, 'command-session')
  let token: string | undefined

  const keep = async ({ body, cookies }: { body: unknown; cookies: string[] }): Promise<void> => {
    token = (body as Operations['POST /auth/login']['answer']).accessToken // setup and refresh answer in the same way
    const refresh = cookies
      .map((cookie) => /^([^=]+)=([^;]*)/.exec(cookie))
      .find((match) => match?.[1] === cookieName)?.[2]
    if (refresh === undefined) return
    // Rename: two commands at once must not leave half a token.
    const draft = `${file}.${randomUUID()}`
    await writeFile(draft, `${refresh}\n`, { mode: 0o600 })
    await rename(draft, file)
  }

  const signedOut = (): CommandFailure =>
    new CommandFailure(
      exitCodes.signedOut,
      'You are not signed in. Run `npx platen login` (on a new platform `npx platen setup`), or set PLATEN_EMAIL and PLATEN_PASSWORD.',
    )

  return {
    keep,
    async accessToken() {
      if (token !== undefined) return token
      if (config.email !== undefined && config.password !== undefined) {
        const body = { email: config.email, password: config.password.expose() }
        const answer = await client.call({ method: 'POST', path: '/auth/login', body })
        token = (answer.body as Operations['POST /auth/login']['answer']).accessToken // of the API document
        return token
      }
      const refresh = (await readFile(file, 'utf8').catch(() => '')).trim()
      if (refresh === '') throw signedOut()
      const answer = await client
        .call({ method: 'POST', path: '/auth/refresh', cookie: `${cookieName}=${refresh}` })
        .catch((error: unknown) => {
          if (error instanceof CommandFailure && error.exitCode === exitCodes.signedOut) throw signedOut()
          throw error
        })
      await keep(answer)
      return token ?? ''
    },
    async forget() {
      const refresh = (await readFile(file, 'utf8').catch(() => '')).trim()
      if (refresh !== '')
        await client
          .call({ method: 'POST', path: '/auth/logout', cookie: `${cookieName}=${refresh}` })
          .catch(() => undefined)
      await rm(file, { force: true })
      token = undefined
    },
  }
}
