import type { Command } from 'commander'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'

/** The keys that sign the access tokens of the control plane. */
export function addKeyCommands(program: Command, withContext: WithContext): void {
  const keys = program.command('keys').description('signing keys of the control plane')
  keys
    .command('rotate')
    .description('make a new signing key; the present one verifies until its last token is over')
    .action(
      withContext(async (context: Context) => {
        const { kid } = await askApi(context, 'POST /auth/signing-keys/rotations')
        context.output.show({ kid }, () => [`The key ${kid} signs in half a minute. Nobody is signed out.`])
      }),
    )
}
