import type { Command } from 'commander'
import { readFile } from 'node:fs/promises'
import { dataPaths } from '@platen/kit/names'
import type { Context, WithContext } from './context.ts'
import { ask } from './prompt.ts'

/** Claiming the platform, signing in and out. */
export function addAccessCommands(program: Command, withContext: WithContext): void {
  program
    .command('setup')
    .description('claim a new platform: make the owner account')
    .option('--code <code>', 'the setup code (default: the file setup-code in the data directory)')
    .option('--email <email>', 'e-mail address of the owner')
    .option('--name <name>', 'name of the owner or organisation')
    .action(withContext(claim))

  program
    .command('login')
    .description('sign in; the session is kept in the data directory')
    .option('--email <email>')
    .action(withContext(login))

  program
    .command('logout')
    .description('sign out')
    .action(
      withContext(async ({ session, output }: Context) => {
        await session.forget()
        output.show({ signedOut: true }, () => ['Signed out.'])
      }),
    )
}

async function claim(
  { config, client, session, output }: Context,
  options: { code?: string; email?: string; name?: string },
): Promise<void> {
  const kept = await readFile(dataPaths(config.platform.dataDirectory).setupCode, 'utf8').catch(() => undefined)
  const code = options.code ?? kept?.trim() ?? (await ask('Setup code', { setting: '--code' }))
  const email = options.email ?? config.email ?? (await ask('E-mail', { setting: '--email' }))
  const name = options.name ?? (await ask('Name', { setting: '--name' }))
  const password =
    config.password?.expose() ??
    (await ask('Password (15 characters or more)', { secret: true, setting: 'PLATEN_PASSWORD' }))
  await session.keep(await client.call({ method: 'POST', path: '/setup', body: { code, email, name, password } }))
  output.show({ claimed: true, email }, () => [
    `The platform is yours. You are signed in as ${email}.`,
    'Next: npx platen site create <name>',
  ])
}

async function login({ config, client, session, output }: Context, options: { email?: string }): Promise<void> {
  const email = options.email ?? config.email ?? (await ask('E-mail', { setting: '--email' }))
  const password = config.password?.expose() ?? (await ask('Password', { secret: true, setting: 'PLATEN_PASSWORD' }))
  await session.keep(await client.call({ method: 'POST', path: '/auth/login', body: { email, password } }))
  output.show({ signedIn: email }, () => [`Signed in as ${email}.`])
}
