import { flag } from './schemas.ts'
import { defineSettings } from './settings.ts'

/** Settings that only developers use. */
export const developerSettings = defineSettings({
  updateReference: {
    env: 'PLATEN_UPDATE_REFERENCE',
    schema: flag(),
    default: 'false',
    description:
      'For developers: tests that compare generated files (API documents, reference pages) rewrite them instead of failing.',
  },
})
