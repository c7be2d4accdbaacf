/** For tests of other packages that need site databases on a real server of their own. */
export { privateCluster, type PrivateCluster } from '../postgres/testing/private-cluster.ts'
