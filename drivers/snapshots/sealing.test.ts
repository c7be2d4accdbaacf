import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { openSealed, sealFor } from './sealing.ts'

describe('sealed fields', () => {
  const key = randomBytes(32)

  test('what was sealed is opened with the same key and context', () => {
    const sealed = sealFor(key, 'mot de passe é', 'site/1/database-password')
    expect(openSealed(key, sealed, 'site/1/database-password').toString()).toBe('mot de passe é')
    expect(sealed).not.toContain('passe')
  })

  test('sealing twice gives different texts', () => {
    expect(sealFor(key, 'x', 'c')).not.toBe(sealFor(key, 'x', 'c'))
  })

  test.each([
    ['another context', (sealed: string) => openSealed(key, sealed, 'site/2/database-password')],
    ['another key', (sealed: string) => openSealed(randomBytes(32), sealed, 'site/1/database-password')],
    ['a cut text', (sealed: string) => openSealed(key, sealed.slice(0, -4), 'site/1/database-password')],
    ['an empty body', () => openSealed(key, 's1.', 'site/1/database-password')],
    ['another format', (sealed: string) => openSealed(key, sealed.replace('s1', 's2'), 'site/1/database-password')],
    ['a short key', (sealed: string) => openSealed(randomBytes(16), sealed, 'site/1/database-password')],
  ])('%s does not open it', (_case, open) => {
    expect(() => open(sealFor(key, 'secret', 'site/1/database-password'))).toThrow(/seal/)
  })
})
