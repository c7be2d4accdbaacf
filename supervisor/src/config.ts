import { hostname } from 'node:os'
import { platformSettings, readPlatformSettings, unknownSettings, type PlatformSettings } from '@platen/kit/config'

export interface SupervisorConfig {
  platform: PlatformSettings
  /** Sentences about PLATEN_ variables that nobody reads. */
  warnings: string[]
  /** Where the person who started us sits, as far as the environment tells. */
  terminal: { hasDisplay: boolean; sshServerAddress: string | undefined; user: string; hostName: string }
  /** What a child process of that kind is given: never more than it needs. */
  environmentOf(kind: 'manager' | 'edge' | 'bench'): Record<string, string>
}

// Not settings of ours, but what any program needs to run in the user's place and language.
const inherited = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'NODE_EXTRA_CA_CERTS', 'NODE_ENV']

/** Everything the supervisor is told by its environment, read once. Throws SettingsError. */
export function readSupervisorConfig(env: NodeJS.ProcessEnv = process.env): SupervisorConfig {
  const platform = readPlatformSettings(env)
  const shared = [...inherited, ...Object.values(platformSettings).map((setting) => setting.env)]
  const passed: Record<'manager' | 'edge' | 'bench', (name: string) => boolean> = {
    // The manager is the control plane: the master key may come to it by environment, and settings of drivers do.
    manager: (name) => shared.includes(name) || name.startsWith('PLATEN_'),
    edge: (name) => shared.includes(name) || name.startsWith('PLATEN_EDGE_'),
    // A bench answers the internet as the manager does, passes on what happens in its sites, and sends their mails itself, also while the
    // manager is down. checks/bench-settings.test.ts holds this against what it reads.
    bench: (name) => shared.includes(name) || /^PLATEN_(?:(?:BENCH|SMTP|MAIL|RATE|ALLOWED|WEBHOOK)_|EVENTS)/.test(name),
  }
  return {
    platform,
    warnings: unknownSettings(env, knownElsewhere(env)).map((unknown) => unknown.message),
    terminal: {
      hasDisplay: Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY']),
      sshServerAddress: env['SSH_CONNECTION']?.split(' ')[2],
      user: env['USER'] || env['LOGNAME'] || 'root',
      hostName: hostname(),
    },
    environmentOf: (kind) => ({
      ...Object.fromEntries(
        Object.entries(env).filter(
          (entry): entry is [string, string] => entry[1] !== undefined && passed[kind](entry[0]),
        ),
      ),
      // Absolute, whatever folder we were started in.
      PLATEN_DATA_DIR: platform.dataDirectory,
    }),
  }
}

// Settings of other processes are declared in their own packages, which we may not import: a prefix is enough of a check.
function knownElsewhere(env: NodeJS.ProcessEnv): string[] {
  return Object.keys(env).filter((name) => /^PLATEN_(?:BENCH|EDGE|MANAGER|TEST|MASTER|UPDATE)_/.test(name))
}
