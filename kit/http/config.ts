import { developerSettings, readSettings } from '../config/index.ts'

/** True when generated files are to be written instead of compared. */
export function shouldUpdateReference(): boolean {
  return readSettings(developerSettings, process.env).updateReference
}
