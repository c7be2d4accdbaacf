export { cancelOperation } from './cancel-operation.ts'
export { defineOperation } from './definition.ts'
export type {
  FailedOutcome,
  OperationDefinition,
  OperationDraft,
  RetryPolicy,
  RunnableOperation,
  Step,
  StepContext,
} from './definition.ts'
export type { Takeover } from './drive-operation.ts'
export type { Failpoint, Failpoints } from './failpoints.ts'
export { isRetryable, LeaseLost } from './failures.ts'
export { followOperation } from './follow-operation.ts'
export { hurryOperation } from './hurry-operation.ts'
export { operationsMigrations } from './migrations.ts'
export { isTerminal } from './operation-rules.ts'
export { operationStates, stepStates } from './operation-rules.ts'
export type { OperationState, StepState } from './operation-rules.ts'
export { OperationRunner, type OperationRunnerOptions } from './operation-runner.ts'
export { listOperations, operationList, readOperation, readOperationLog } from './operation-view.ts'
export type { LogLineView, OperationView, StepView } from './operation-view.ts'
export { operationProblems } from './problems.ts'
export { startOperation, type StartRequest } from './start-operation.ts'
