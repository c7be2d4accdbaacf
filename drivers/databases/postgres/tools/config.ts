import { isAbsolute } from 'node:path'
import { defineSettings, readPlatformSettings, readSettings } from '@platen/kit/config'
import { z } from 'zod'

export const pgToolsSettings = defineSettings({
  pgTools: {
    env: 'PLATEN_PG_TOOLS',
    schema: z.string().refine(isAbsolute, 'must be an absolute path').optional(),
    description:
      "Folder that holds pg_dump and pg_restore of the database server's major version. Absent: the system's, else those that come with Platen.",
  },
})

/** Where the tools may lie: the setting, the folder they are unpacked in, the folders of PATH. */
export interface PgToolsPlaces {
  configured: string | undefined
  dataDirectory: string
  path: readonly string[]
}

export function readPgToolsPlaces(env: NodeJS.ProcessEnv = process.env): PgToolsPlaces {
  return {
    configured: readSettings(pgToolsSettings, env).pgTools,
    dataDirectory: readPlatformSettings(env).dataDirectory,
    path: (env['PATH'] ?? '').split(':').filter(isAbsolute),
  }
}
