import { expect, test } from 'vitest'
import { findViolations, minimumModuleCount, rulesReporting } from '../tools/boundaries.ts'
import { plantedViolations } from './planted-violations.ts'

test.for(plantedViolations)('the boundary check sees: $title', async (plant) => {
  const reported = await rulesReporting(plant)
  if (plant.rule === undefined) expect(reported).toEqual([])
  else expect(reported).toContain(plant.rule)
})

test('no import in the repository crosses a boundary, and the parser sees the repository', async () => {
  const report = await findViolations()
  expect(report.violations).toEqual([])
  expect(report.moduleCount).toBeGreaterThanOrEqual(minimumModuleCount)
})
