// Made by tools/generate-reference.ts: all processes share one environment, so each knows the names that the others read.
export const KNOWN_SETTINGS: readonly string[] = [
  'PLATEN_BENCH_MEMORY_MB',
  'PLATEN_BENCH_NAME',
  'PLATEN_BENCH_PROCESS',
  'PLATEN_BENCH_PROCESSES',
  'PLATEN_BIND',
  'PLATEN_DATA_DIR',
  'PLATEN_HTTPS_PORT',
  'PLATEN_HTTP_PORT',
  'PLATEN_LOG_LEVEL',
  'PLATEN_PREFIX',
  'PLATEN_UPDATE_REFERENCE',
  'PLATEN_ZONE',
]
