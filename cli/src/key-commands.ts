import type { Command } from 'commander'
import { z } from 'zod'
import type { Context, WithContext } from './context.ts'

/** The keys that sign the access tokens of the control plane. */
export function addKeyCommands(program: Command, withContext: WithContext): void {
  const keys = program.command('keys').description('signing keys of the control plane')
  keys
    .command('rotate')
    .description('make a new signing key; the present one verifies until its last token is over')
    .action(
      withContext(async ({ client, session, output }: Context) => {
        const accessToken = await session.accessToken()
        const { body } = await client.call({ method: 'POST', path: '/auth/signing-keys/rotations', accessToken })
        const { kid } = z.object({ kid: z.string() }).parse(body)
        output.show({ kid }, () => [`The key ${kid} signs in half a minute. Nobody is signed out.`])
      }),
    )
}
