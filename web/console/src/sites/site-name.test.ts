import { expect, test } from 'vitest'
import { siteAddress, siteNameObjection, suggestSiteName } from './site-name.ts'

test.each([
  ['shop', null],
  ['a', null],
  ['shop-2', null],
  ['', 'empty'],
  ['Shop', 'characters'],
  ['café', 'characters'],
  ['my shop', 'characters'],
  ['-shop', 'edges'],
  ['shop-', 'edges'],
  ['xn--caf-dma', 'encoded'],
  ['a'.repeat(64), 'long'],
])('%s is objected to as %s', (name, objection) => expect(siteNameObjection(name)).toBe(objection))

test.each([
  ['Café du Port', 'cafe-du-port'],
  ['  Été & Fils ', 'ete-fils'],
  ['***', ''],
])('%s suggests %s, which is acceptable or nothing', (typed, suggested) => {
  expect(suggestSiteName(typed)).toBe(suggested)
  expect([null, 'empty']).toContain(siteNameObjection(suggested))
})

test('the address has the port of the console', () => {
  expect(siteAddress('shop', 'platen.localhost', 'https://console.platen.localhost:32443')).toBe(
    'https://shop.platen.localhost:32443',
  )
  expect(siteAddress('shop', 'example.org', 'https://console.example.org')).toBe('https://shop.example.org')
})
