import { createLogger } from '@platen/kit/logging'
import { openTestBench, type TestBench } from '../../bench/testing/bench.ts'
import { aDeadLetter } from '../../bench/testing/dead-letter.ts'
import { openTestSite, type TestSite } from '../../bench/testing/site.ts'
import { costlyOperations, looseLimits, type Stage } from './stage-target.ts'

export interface SiteStage extends Stage {
  readonly site: TestSite
  readonly bench: TestBench
  /** Everything the bench logged. */
  readonly logged: string[]
}

/** A site over a real database, on a bench that has another one, with products, customers and orders in it. */
export async function siteStage(): Promise<SiteStage> {
  const [site, other] = await Promise.all([openTestSite('anvil'), openTestSite('bellows')])
  const logged: string[] = []
  const logger = createLogger({ name: 'bench-1', level: 'trace', destination: { write: (line) => logged.push(line) } })
  const bench = await openTestBench({ rateLimits: looseLimits, logger })
  const plan = { title: 'Essai', maxStorageBytes: 1_000_000, maxUsers: 10_000 }
  bench.serve(site.entry(bench.sealingKey, { plan }), other.entry(bench.sealingKey))
  await fill(bench, site)
  const signIn = (role: string) => () => bench.tokenOf(site, role)
  return {
    name: 'site',
    app: bench.server,
    host: site.host,
    site,
    bench,
    logged,
    people: {
      lecture: { signIn: signIn('lecture'), probe: '/api/v1/orders' },
      commercial: { signIn: signIn('commercial'), probe: '/api/v1/orders' },
      gerant: { signIn: signIn('gerant'), probe: '/api/v1/users', weight: 5 },
      elsewhere: { signIn: () => bench.tokenOf(other), probe: '/live' },
    },
    atMost: costlyOperations(),
    async close() {
      await bench.close()
      await Promise.all([site.close(), other.close()])
    },
  }
}

async function fill(bench: TestBench, site: TestSite): Promise<void> {
  const token = await bench.tokenOf(site)
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await bench.call(site, 'POST', path, { token, body })
    if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
    return String(answer.body['id'])
  }
  const unitPrice = { amount: '10.00', currency: 'EUR' }
  for (let n = 0; n < 5; n += 1) {
    const product = await make('/products', { sku: `SKU-${n}`, name: 'Lampe', unitPrice })
    await make(`/products/${product}/stock-movements`, { kind: 'receipt', quantity: '5' })
    const customer = await make('/customers', { kind: 'company', name: 'Café' })
    await make('/orders', { customerId: customer, lines: [{ productId: product, quantity: '1' }] })
  }
  await make('/roles', { name: 'Rôle', permissions: ['products.read'] })
  await make('/invitations', { email: 'somebody@example.fr', roles: ['lecture'] })
  await aDeadLetter(site.database.db)
}
