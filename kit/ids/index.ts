export { isId, newId, opaqueName } from './ids.ts'
