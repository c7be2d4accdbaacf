import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Upstreams, type Upstream } from './upstreams.ts'

let upstreams: Upstreams
beforeEach(() => {
  upstreams = new Upstreams()
  upstreams.replace({
    managerSocket: '/manager.sock',
    benches: [{ name: 'main', sockets: ['/bench-1.sock', '/bench-2.sock', '/bench-3.sock'] }],
  })
})
afterEach(() => upstreams.destroy())

const candidatesOf = (siteId: string): Upstream[] => upstreams.candidates({ kind: 'bench', bench: 'main', siteId })
const firstOf = (siteId: string): Upstream => {
  const [first] = candidatesOf(siteId)
  if (first === undefined) throw new Error('a bench with three processes has a first one')
  return first
}

test('a site is asked for in one process, as long as that one is not much busier', () => {
  const site = randomUUID()
  const home = firstOf(site)
  home.inFlight = 8
  expect(firstOf(site)).toBe(home)
  home.inFlight = 9
  expect(firstOf(site)).not.toBe(home)
})

test('sites are spread over the processes of their bench', () => {
  const counts = new Map<string, number>()
  for (let index = 0; index < 300; index += 1) {
    const { socketPath } = firstOf(randomUUID())
    counts.set(socketPath, (counts.get(socketPath) ?? 0) + 1)
  }
  expect(counts.size).toBe(3)
  for (const count of counts.values()) expect(count).toBeGreaterThan(50)
})

test('a process that cannot be reached is asked last, whoever is at home there', () => {
  const site = randomUUID()
  const home = firstOf(site)
  home.noteConnectFailure()
  expect(candidatesOf(site).at(-1)).toBe(home)
  home.noteAnswer()
  expect(firstOf(site)).toBe(home)
})
