/** The edge as a process: settings, keys, snapshot, listeners, and an orderly end. */
import type { PlatformSettings } from '@platen/kit/config'
import { dataPaths, EDGE_CONSUMER, ensureRunDirectory, socketPaths } from '@platen/kit/names'
import { edgeSnapshotSchema, SnapshotFollower, waitForSnapshotKeys } from '../../snapshots/index.ts'
import { listenOnControlSocket } from './control.ts'
import { Edge, type EdgeLogger } from './edge.ts'

export interface RunningEdge {
  httpsPort: number
  httpPort: number
  stop(): Promise<void>
}

/**
 * Resolves when it listens and has applied the snapshot on disk, if there is one; the manager's follows. Waits for the key files
 * of the consumer `edge`, which the manager makes.
 */
export async function runEdge(
  settings: Pick<PlatformSettings, 'dataDirectory' | 'bind' | 'httpsPort' | 'httpPort'>,
  logger: EdgeLogger,
  signal?: AbortSignal,
): Promise<RunningEdge> {
  const paths = dataPaths(settings.dataDirectory)
  const sockets = socketPaths(await ensureRunDirectory(settings.dataDirectory))
  const state: { edge?: Edge; follower?: SnapshotFollower<unknown> } = {}
  const control = await listenOnControlSocket(sockets.edge, () => ({
    ready: state.edge?.isReady ?? false,
    details: { snapshot: state.follower?.status() ?? null },
  }))
  try {
    const publicKeyFile = paths.keys.managerPublic
    const { sealingKey } = await waitForSnapshotKeys(
      { publicKeyFile, sealingKeyFile: paths.keys.consumer(EDGE_CONSUMER) },
      signal,
    )
    const edge = new Edge({
      bind: settings.bind,
      httpsPort: settings.httpsPort,
      httpPort: settings.httpPort,
      sealingKey,
      logger,
    })
    state.edge = edge
    const ports = await edge.listen()
    const follower = new SnapshotFollower({
      consumer: EDGE_CONSUMER,
      schema: edgeSnapshotSchema,
      socketPath: sockets.managerInternal,
      file: paths.snapshot(EDGE_CONSUMER),
      publicKeyFile,
      logger,
      apply: async (snapshot) => edge.apply(snapshot),
    })
    state.follower = follower
    await follower.start()
    logger.info({ ...ports, bind: settings.bind }, 'edge listens')
    return {
      ...ports,
      async stop() {
        await follower.stop()
        await edge.stop()
        await control.close()
      },
    }
  } catch (error) {
    await state.edge?.stop({ drainMs: 0 })
    await control.close()
    throw error
  }
}
