import { defineSettings, readPlatformSettings, readSettings, type PlatformSettings } from '@platen/kit/config'
import { Secret } from '@platen/kit/secrets'
import { z } from 'zod'

export const commandSettings = defineSettings({
  email: {
    env: 'PLATEN_EMAIL',
    schema: z.string(),
    default: '',
    description: 'E-mail address that the command signs in with, instead of the session kept by `platen login`.',
  },
  password: {
    env: 'PLATEN_PASSWORD',
    schema: z.string(),
    default: '',
    description: 'Password for PLATEN_EMAIL, for scripts. Without it the command asks.',
  },
})

export interface CommandConfig {
  platform: PlatformSettings
  email: string | undefined
  password: Secret | undefined
}

/** What the command is told by its environment, read once. */
export function readCommandConfig(env: NodeJS.ProcessEnv = process.env): CommandConfig {
  const { email, password } = readSettings(commandSettings, env)
  return {
    platform: readPlatformSettings(env),
    email: email === '' ? undefined : email,
    password: password === '' ? undefined : new Secret(password),
  }
}
