// The only place of the test kit that reads the environment.

/** PLATEN_TEST_POSTGRES: the superuser connection of the test server as JSON; vitest's globalSetup sets it when it is absent. */
export function testPostgresSetting(): string | undefined {
  return process.env['PLATEN_TEST_POSTGRES']
}

/** UPDATE_SCHEMA=1 rewrites the committed schema.sql files instead of comparing with them. */
export function updatesSchemaFiles(): boolean {
  return process.env['UPDATE_SCHEMA'] === '1'
}

/** PLATEN_TEST_ISOLATION=all: all ordered pairs of tenants instead of a sample. Set by `npm run test:isolation`. */
export function triesAllPairs(): boolean {
  return process.env['PLATEN_TEST_ISOLATION'] === 'all'
}
