import type { MigrationSet } from '../sql/index.ts'

/** Schema `operations` of the control plane. Starting an operation also needs `jobsMigrations`. */
export const operationsMigrations: MigrationSet = {
  name: 'operations',
  directory: new URL('./migrations/', import.meta.url),
}
