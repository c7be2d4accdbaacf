/** What a stub child reads from its environment, and what it may show of it. */
import { readPlatformSettings } from '@platen/kit/config'
import { runDirectory, socketPaths } from '@platen/kit/names'

export const platform = readPlatformSettings(process.env)
export const sockets = socketPaths(runDirectory(platform.dataDirectory))
export const bench = {
  name: process.env['PLATEN_BENCH_NAME'] ?? '',
  index: Number(process.env['PLATEN_BENCH_PROCESS'] ?? 0),
}
export const environmentNames = Object.keys(process.env)
