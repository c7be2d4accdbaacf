// What a command asks of a run; PLATEN_TEST_* belongs to tests and is no setting of the product.

/** PLATEN_TEST_ATTACKS=all: every place instead of the sample that `npm test` takes. Set by `npm run test:sqlmap`. */
export const isFullForm = (): boolean => process.env['PLATEN_TEST_ATTACKS'] === 'all'
