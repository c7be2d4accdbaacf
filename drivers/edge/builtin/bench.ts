/**
 * Which proxy library? `node drivers/edge/builtin/bench.ts [seconds]`: the candidates over unix sockets with TLS in front, one after
 * the other in one run, beside the upstream serving TLS itself. Figures and decision: docs/reference/measurements.md.
 */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { MemoryCertificates } from '../../certificates/index.ts'

const SECONDS = Number(process.argv[2] ?? 5)
const CONNECTIONS = 50
const program = fileURLToPath(new URL('bench/process.ts', import.meta.url))

const directory = await mkdtemp(join(tmpdir(), 'platen-bench-'))
const socketPath = join(directory, 'upstream.sock')
const leaf = await new MemoryCertificates({ zone: 'platen.localhost' }).issue({ names: ['127.0.0.1'], days: 1 })
const upstream = await start('upstream')
const table: Record<string, unknown>[] = []
try {
  for (const name of ['direct', 'node:http pipe', 'http-proxy-3', 'httpxy', 'undici', 'this edge'])
    table.push(await measure(name))
} finally {
  upstream.child.disconnect()
  await rm(directory, { recursive: true, force: true })
}
console.table(table)

async function measure(name: string): Promise<Record<string, unknown>> {
  const { child, port } = await start(name)
  const url = `https://127.0.0.1:${port}`
  await autocannon({ url, connections: CONNECTIONS, duration: 1 })
  const before = await usage(child)
  const small = await autocannon({ url, connections: CONNECTIONS, duration: SECONDS })
  const after = await usage(child)
  const large = await autocannon({ url: `${url}/large`, connections: 10, duration: Math.ceil(SECONDS / 2) })
  const rssBytes = (await usage(child)).rssBytes
  const row = {
    name,
    rps: Math.round(small.requests.average),
    p50Ms: small.latency.p50,
    p99Ms: small.latency.p99,
    cpuMicrosPerRequest: Math.round((after.cpuMicros - before.cpuMicros) / small.requests.total),
    largeMBps: Math.round(large.throughput.average / 1e6),
    rssMB: Math.round(rssBytes / 1e6),
    failed: small.errors + small.non2xx + large.errors + large.non2xx,
    abort: await abortIsPassedOn(port),
    broken: await brokenAnswerIsSeen(port),
    upload: await uploadArrives(port),
    websocket: await websocketEchoes(port),
  }
  child.disconnect()
  await once(child, 'exit')
  return row
}

async function start(role: string): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(program, [role, socketPath, leaf.certificatePem, leaf.privateKeyPem.expose()])
  const [message] = (await once(child, 'message')) as [{ port: number }] // sent by bench/process.ts
  return { child, port: message.port }
}

async function usage(child: ChildProcess): Promise<{ rssBytes: number; cpuMicros: number }> {
  child.send('usage')
  const [message] = (await once(child, 'message')) as [{ rssBytes: number; cpuMicros: number }] // sent by bench/process.ts
  return message
}

/** A visitor that leaves must end the upstream's work. */
async function abortIsPassedOn(port: number): Promise<string> {
  const going = Array.from({ length: 5 }, () => fetchText(port, '/endless', { leaveAfterFirstChunk: true }))
  await Promise.all(going)
  await new Promise((resolve) => setTimeout(resolve, 500))
  const left = await fetchText(port, '/endless-count')
  return left === '0' ? 'ok' : `${left} left running`
}

/** An answer that breaks off must not look complete, nor hang. */
function brokenAnswerIsSeen(port: number): Promise<string> {
  const hang = new Promise<string>((resolve) => setTimeout(() => resolve('hangs'), 2000))
  return Promise.race([
    hang,
    fetchText(port, '/broken').then(
      () => 'looks complete',
      () => 'ok',
    ),
  ])
}

async function uploadArrives(port: number): Promise<string> {
  const size = await fetchText(port, '/upload', { body: Buffer.alloc(3_000_000) })
  return size === '3000000' ? 'ok' : size
}

function websocketEchoes(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    let seen = ''
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(' 101 ') && seen.endsWith('\r\n\r\n')) socket.write('hello')
      if (seen.endsWith('hello')) finish('ok')
    })
    const finish = (result: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(result)
    }
    const timer = setTimeout(() => finish('none'), 1000)
    socket.on('error', () => finish('none'))
    socket.on('close', () => finish('none'))
  })
}

function fetchText(
  port: number,
  path: string,
  more: { body?: Buffer; leaveAfterFirstChunk?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { host: '127.0.0.1', port, path, method: more.body ? 'POST' : 'GET', rejectUnauthorized: false, agent: false },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (more.leaveAfterFirstChunk) {
            outgoing.destroy()
            resolve(text)
          }
        })
        response.on('end', () => resolve(text))
        response.on('error', reject)
      },
    )
    outgoing.on('error', reject)
    outgoing.end(more.body)
  })
}
