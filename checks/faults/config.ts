// What a person may ask of a run; PLATEN_TEST_* belongs to tests and is no setting of the product.

/** PLATEN_TEST_SEED: repeat the run that printed this seed. */
export function seedFromEnvironment(): number | undefined {
  const text = process.env['PLATEN_TEST_SEED'] ?? ''
  return /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined
}

/** PLATEN_TEST_CELL: run only the cells whose `step × fault` contains this. */
export const cellFromEnvironment = (): string => process.env['PLATEN_TEST_CELL'] ?? ''

/** PLATEN_TEST_FAULTS=all: every cell instead of the sample that `npm test` takes. Set by `npm run test:faults`. */
export const isFullForm = (): boolean => process.env['PLATEN_TEST_FAULTS'] === 'all'
