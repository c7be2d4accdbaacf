import { chmod, lstat, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import type { HttpServer } from './http-server.ts'

/** Node's 511 turn the next one away with EAGAIN while a busy process has not come round to accepting; the kernel may lower it. */
const waitingConnections = 4096

/**
 * Listens on a unix socket that only this user may connect to. What a killed process left at the path is removed; a socket that
 * answers, or something that is no socket, is left alone. The directory must be 0700: it covers the moment before the chmod.
 * @throws Error when somebody listens there already or the path is taken by a file.
 */
export async function listenOnSocket(app: HttpServer, path: string): Promise<void> {
  await removeStaleSocket(path)
  await app.listen({ path, backlog: waitingConnections })
  await chmod(path, 0o600)
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return
  if (!found.isSocket()) throw new Error(`Cannot listen at ${path}: something that is not a socket is there`)
  if (await isAnswering(path)) throw new Error(`Cannot listen at ${path}: another process listens there`)
  await unlink(path)
}

async function isAnswering(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect(path)
    .once('connect', () => resolve(true))
    .once('error', () => resolve(false))
    // A full backlog neither accepts nor refuses; somebody lives there.
    .setTimeout(1_000, () => resolve(true))
  return promise.finally(() => socket.destroy())
}
