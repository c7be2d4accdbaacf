import { migrateReleased } from '@platen/kit/testing'
import { expect, test } from 'vitest'
import { siteDatabaseOptions } from '../testing/site.ts'

test('a site of the release before becomes what the migrations make from nothing, and a second run changes nothing', async () => {
  const dump = new URL('../testing/released.sql', import.meta.url)
  const { again, upgraded, fromNothing } = await migrateReleased(dump, siteDatabaseOptions)
  expect(upgraded).toBe(fromNothing)
  expect(again).toEqual([])
})
