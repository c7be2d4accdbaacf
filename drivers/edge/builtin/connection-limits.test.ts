import { EventEmitter, once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { CONNECTIONS_OF_LOOPBACK, CONNECTIONS_PER_ADDRESS, ConnectionLimits, originOf } from './connection-limits.ts'
import { startTestEdge, type TestEdge } from './testing/index.ts'

class Connection extends EventEmitter {
  readonly remoteAddress: string
  constructor(remoteAddress: string) {
    super()
    this.remoteAddress = remoteAddress
  }
  destroy(): never {
    this.emit('close')
    // What a Socket returns; nobody reads it.
    return this as never
  }
}

let edge: TestEdge | undefined
const opened: Socket[] = []
afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await edge?.stop()
  edge = undefined
})

test('one address holds so many connections and no more, and gets room back with each that ends', () => {
  const limits = new ConnectionLimits()
  const connections = Array.from({ length: CONNECTIONS_PER_ADDRESS }, () => new Connection('203.0.113.7'))
  expect(connections.every((connection) => limits.admit(connection))).toBe(true)
  expect(limits.admit(new Connection('203.0.113.7'))).toBe(false)
  expect(limits.admit(new Connection('::ffff:203.0.113.7'))).toBe(false)
  expect(limits.admit(new Connection('203.0.113.8'))).toBe(true)
  connections[0]?.destroy()
  expect(limits.admit(new Connection('203.0.113.7'))).toBe(true)
  expect(limits.admit(new Connection('203.0.113.7'))).toBe(false)
})

test.each([
  ['2001:db8:1:2::5', '2001:db8:1:2:ffff::1', true],
  ['2001:db8:1:2::5', '2001:db8:1:3::5', false],
  ['2001:db8::5', '2001:db8::1:0:0:0:5', false],
  ['fe80::1%eth0', 'fe80::2', true],
  ['::1', '127.0.0.3', true],
  ['::ffff:198.51.100.1', '198.51.100.1', true],
])('%s and %s count as one: %s', (one, other, isSame) => {
  expect(originOf(one) === originOf(other)).toBe(isSame)
})

test('the edge closes what the machine itself opens beyond its number', async () => {
  edge = await startTestEdge()
  for (let index = 0; index < CONNECTIONS_OF_LOOPBACK; index++) {
    const socket = connect({
      host: '127.0.0.1',
      port: index % 2 === 0 ? edge.httpPort : edge.httpsPort,
      // Ports that other tests want to listen on are left free.
      localAddress: '127.0.0.2',
    }).on('error', () => undefined)
    opened.push(socket)
    if (index % 100 === 99) await once(socket, 'connect')
  }
  const refused = connect(edge.httpPort, '127.0.0.1').on('error', () => undefined)
  opened.push(refused)
  await once(refused, 'close')
  expect(opened.filter((socket) => socket.destroyed)).toEqual([refused])
})
