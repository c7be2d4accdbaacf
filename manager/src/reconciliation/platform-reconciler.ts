import type { DatabaseServer } from '@platen/drivers/databases'
import type { ObjectStore } from '@platen/drivers/objects'
import type { Runner } from '@platen/drivers/runners'
import type { Logger } from '@platen/kit/logging'
import type { EnsureCertificatesOptions } from '../certificates/index.ts'
import type { Prober } from '../sites/index.ts'
import { benchesScope } from './benches-scope.ts'
import { leftoversScope } from './leftovers-scope.ts'
import { createReconciler, type Reconciler } from './reconciler.ts'
import { routesScope } from './routes-scope.ts'
import { sitesScope } from './sites-scope.ts'

export interface PlatformReconcilerOptions extends EnsureCertificatesOptions {
  databases: DatabaseServer
  objects: ObjectStore
  runner: Runner
  prober: Prober
  benchMemoryMb: number
  logger?: Logger
}

/** All scopes, in the order in which they depend on each other: a site is served by a bench that runs. */
export function createPlatformReconciler(options: PlatformReconcilerOptions): Reconciler {
  const { db, logger } = options
  const scopes = [benchesScope(options), sitesScope(options), routesScope(options), leftoversScope(options)]
  return createReconciler({ db, scopes, ...(logger === undefined ? {} : { logger }) })
}
