// The least that answers the same question: Fastify, one pool, one read by primary key. What a platform adds is measured against it.
// Run by tools/bench-api.ts in a process of its own, which is told everything by its environment.
import { fastify } from 'fastify'
import { Pool } from 'pg'

const { BARE_SOCKET: path = '', BARE_QUERY: query = '', BARE_DATABASE: connection = '{}' } = process.env
const pool = new Pool({ ...(JSON.parse(connection) as object), max: 8 }) // written by bench-api.ts
const app = fastify()
app.get<{ Params: { id: string } }>('/read/:id', async ({ params }, reply) => {
  const { rows } = await pool.query<Record<string, unknown>>({ name: 'read', text: query, values: [params.id] })
  return rows[0] ?? reply.code(404).send()
})
await app.listen({ path })
process.on('SIGTERM', () => void app.close().then(() => process.exit(0)))
console.log('listening')
