import { readPlatformSettings, type PlatformSettings } from '@platen/kit/config'

/** The edge has no settings of its own: ports, bind and data directory are the platform's. */
export function readEdgeSettings(): PlatformSettings {
  return readPlatformSettings(process.env)
}
