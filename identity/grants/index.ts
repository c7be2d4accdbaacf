export { changeAs, takeTurn, type Change } from './change-as.ts'
export { changeOnce } from './change-once.ts'
export { assertMayGrant, assertNotOutranked, missingFrom, ownerRoles } from './grants.ts'
export { peopleProblems } from './problems.ts'
