import { describe, expect, test } from 'vitest'
import { badNames } from '../../testing/bad-names.ts'
import { siteNameRefusal } from './site-name.ts'

const reservedNames = ['admin', 'api', 'console', 'www', 'mail', 'localhost', 'status', 'ns1', 'autodiscover', 'wpad']

describe('a site name', () => {
  test.each(badNames)('with %s is invalid', (_what, name) => {
    expect(siteNameRefusal(name)?.code).toBe('site-name-invalid')
  })

  test.each(reservedNames)('%s is reserved', (name) => {
    expect(siteNameRefusal(name)?.code).toBe('site-name-reserved')
  })

  test.each(['a', '1', 'acme', 'my-shop', 'a1-b2-c3', 'a--b', 'abc--d', '0x0', 'a'.repeat(63), 'consoles', 'my-api'])(
    '%s may be taken',
    (name) => {
      expect(siteNameRefusal(name)).toBeUndefined()
    },
  )
})
