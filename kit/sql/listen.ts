import pg from 'pg'
import { clientConfig, type Connection } from './database.ts'

const RECONNECT_BASE_MS = 100
const RECONNECT_CAP_MS = 10_000

export interface Listener {
  /** Stops listening; no message arrives once it resolved. */
  close(): Promise<void>
}

/**
 * Calls `onMessage` for every NOTIFY on the channels, from a connection of its own. Notifications are a hint, never the truth: those
 * sent while the connection was down are lost. Therefore, after it came back, `onMessage` is called once per channel with an empty
 * payload, which means "look for yourself". Resolves when it listens; rejects if the first connection fails.
 */
export async function listen(
  connection: Connection,
  channels: string[],
  onMessage: (channel: string, payload: string) => void,
): Promise<Listener> {
  let client: pg.Client
  let closed = false
  let timer: NodeJS.Timeout | undefined

  const reconnect = (attempt: number): void => {
    if (closed) return
    const delayMs = Math.min(RECONNECT_BASE_MS * 2 ** attempt, RECONNECT_CAP_MS) * (0.5 + Math.random() / 2)
    timer = setTimeout(() => {
      open().then(
        () => channels.forEach((channel) => onMessage(channel, '')),
        () => reconnect(attempt + 1),
      )
    }, delayMs)
  }

  const open = async (): Promise<void> => {
    const opened = new pg.Client(clientConfig(connection))
    let established = false
    opened.on('error', () => {})
    opened.on('notification', (message) => {
      if (!closed) onMessage(message.channel, message.payload ?? '')
    })
    opened.on('end', () => {
      if (established) reconnect(0)
    })
    try {
      await opened.connect()
      await opened.query(channels.map((channel) => `listen ${pg.escapeIdentifier(channel)}`).join('; '))
    } catch (error) {
      await opened.end().catch(() => {})
      throw error
    }
    established = true
    client = opened
    if (closed) await opened.end()
  }

  await open()
  return {
    async close() {
      closed = true
      clearTimeout(timer)
      await client.end()
    },
  }
}
