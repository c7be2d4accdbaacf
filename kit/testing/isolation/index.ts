export { bodiesThatTakeMore } from './try-fields.ts'
export { isolationReport, type IsolationReport } from './isolation-table.ts'
export { canaryOf, Marks } from './marks.ts'
export { readOperations, type ApiOperation } from './operations.ts'
export { someAtATime } from './pairs.ts'
export {
  gapsOf,
  type Caller,
  type OperationFixture,
  type Place,
  type PopulatedTenant,
  type Resource,
  type Tenant,
} from './place.ts'
