import {
  defineSettings,
  oneOf,
  readPlatformSettings,
  readSettings,
  wholeNumber,
  type PlatformSettings,
} from '@platen/kit/config'

const registrationModes = ['closed', 'open', 'invitation'] as const
/** How new organisations come in. */
export type RegistrationMode = (typeof registrationModes)[number]

export const managerSettings = defineSettings({
  benchProcesses: {
    env: 'PLATEN_BENCH_PROCESSES',
    schema: wholeNumber(1, 64),
    default: '2',
    description: 'How many processes serve the sites of the default bench. One per core is a good start.',
  },
  benchMemoryMb: {
    env: 'PLATEN_BENCH_MEMORY_MB',
    schema: wholeNumber(128, 1_048_576),
    default: '768',
    description: 'Memory in MB that one bench process may use before it is restarted.',
  },
  registration: {
    env: 'PLATEN_REGISTRATION',
    schema: oneOf(registrationModes),
    default: 'closed',
    description:
      'How new organisations come in: `closed` (operators make them for themselves only), `invitation` (operators invite their owners) or `open` (anybody who proves an e-mail address, so mail must go out: PLATEN_SMTP_URL).',
  },
})

const roles = ['all', 'api', 'worker'] as const

export interface ManagerConfig {
  platform: PlatformSettings
  benchProcesses: number
  benchMemoryMb: number
  registration: RegistrationMode
  /** `api` serves requests, `worker` runs operations, `all` does both. */
  role: (typeof roles)[number]
}

/** Everything this process is told, read once: settings from the environment, the role from `--role=`. */
export function readManagerConfig(
  env: NodeJS.ProcessEnv = process.env,
  argv: readonly string[] = process.argv,
): ManagerConfig {
  const given = argv.find((argument) => argument.startsWith('--role='))?.slice('--role='.length) ?? 'all'
  return { platform: readPlatformSettings(env), ...readSettings(managerSettings, env), role: oneOf(roles).parse(given) }
}
