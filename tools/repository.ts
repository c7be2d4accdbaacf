import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Absolute path of the checkout, without a trailing slash. */
export const repositoryRoot = dirname(dirname(fileURLToPath(import.meta.url)))
