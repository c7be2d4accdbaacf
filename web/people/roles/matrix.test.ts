import { expect, test } from 'vitest'
import type { Permission } from '../api/types.ts'
import { includes, matrixOf, toggled } from './matrix.ts'

function permission(name: string): Permission {
  const [resource = '', action = ''] = name.split('.')
  return { name, resource, action, held: true }
}

test('a matrix has a row per resource and a column per action, the usual actions first', () => {
  const { actions, rows } = matrixOf(
    ['sites.drop', 'sites.read', 'users.read', 'users.write', 'audit.export'].map(permission),
  )
  expect(actions).toEqual(['read', 'write', 'drop', 'export'])
  expect(rows.map(({ resource, cells }) => [resource, ...cells.map((cell) => cell?.name ?? null)])).toEqual([
    ['sites', 'sites.read', null, 'sites.drop', null],
    ['users', 'users.read', 'users.write', null, null],
    ['audit', null, null, null, 'audit.export'],
  ])
})

test('whoever has everything has each permission', () => {
  expect(includes(new Set(['*']), 'sites.drop')).toBe(true)
  expect(includes(new Set(['sites.read']), 'sites.drop')).toBe(false)
})

test('choosing twice leaves things as they were', () => {
  const chosen = new Set(['sites.read'])
  expect([...toggled(chosen, 'users.read')]).toEqual(['sites.read', 'users.read'])
  expect([...toggled(toggled(chosen, 'users.read'), 'users.read')]).toEqual(['sites.read'])
})
