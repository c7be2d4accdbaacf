// A setting that a bench reads, and that nobody passes on to it, is ignored without a word.
import { expect, test } from 'vitest'
import { definedSettings } from '../kit/config/index.ts'
import { readSupervisorConfig } from '../supervisor/src/config.ts'

test('the supervisor passes on every setting that the parts of a bench define', async () => {
  await import('../bench/src/wiring.ts')
  // Developers' own are for tests and tools.
  const names = definedSettings()
    .map(({ env }) => env)
    .filter((name) => name !== 'PLATEN_UPDATE_REFERENCE')
  expect(names).toEqual(expect.arrayContaining(['PLATEN_RATE_PER_IP', 'PLATEN_ALLOWED_ORIGINS', 'PLATEN_SMTP_URL']))
  const given = Object.fromEntries(names.map((name) => [name, process.env[name] ?? '']))
  const passed = readSupervisorConfig(given).environmentOf('bench')
  expect(names.filter((name) => !(name in passed))).toEqual([])
})

test('a bench is not given the key that opens everything', () => {
  const config = readSupervisorConfig({ PLATEN_MASTER_KEY: 'x'.repeat(44) })
  expect(config.environmentOf('bench')).not.toHaveProperty('PLATEN_MASTER_KEY')
})
