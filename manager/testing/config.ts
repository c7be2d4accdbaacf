// What a person may ask of a run; PLATEN_TEST_* belongs to tests and is no setting of the product.

/** PLATEN_TEST_ALL_KILLS=1: every point there is. */
export const killsEverywhere = process.env['PLATEN_TEST_ALL_KILLS'] === '1'
