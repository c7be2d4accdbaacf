import { request } from 'node:https'
import { setTimeout as pause } from 'node:timers/promises'

const attemptTimeoutMs = 5_000
const pauseMs = 100

export interface ProbeResult {
  ok: boolean
  detail: string
}

/** Looks at a site as a visitor would. */
export interface Prober {
  /** Asks until the site answers as expected or the time is over (default 15 s); the detail says what was seen last. */
  probe(
    target: { host: string; siteId: string; expected: 'active' | 'suspended' },
    options: { signal?: AbortSignal; timeoutMs?: number },
  ): Promise<ProbeResult>
}

export interface ProberOptions {
  /** Where the edge listens. Dialled directly, with the site's name in SNI and Host: no resolver is involved. */
  edge: { address: string; port: number }
  /** Certificates that the platform trusts, PEM: its own authority. Public issuers are trusted as well. */
  authorityPem(): Promise<string | undefined>
}

interface Answer {
  status: number
  siteState: string | undefined
  body: string
}

export function createProber(options: ProberOptions): Prober {
  return {
    async probe(target, { signal, timeoutMs = 15_000 }) {
      const deadline = performance.now() + timeoutMs
      for (;;) {
        signal?.throwIfAborted()
        const result = judge(target, await look({ host: target.host, path: '/api/v1/status' }, options, signal))
        if (result.ok || performance.now() >= deadline) return result
        await pause(pauseMs, undefined, signal ? { signal } : {})
      }
    },
  }
}

/** Asks the edge for a page of this host, as a visitor would; whoever stands behind it must say 200. */
export const createEdgeProbe =
  (options: ProberOptions, { host, path }: { host: string; path: string }) =>
  async (signal: AbortSignal): Promise<ProbeResult> => {
    const answer = await look({ host, path }, options, signal)
    const at = `${options.edge.address} port ${options.edge.port}`
    if (typeof answer === 'string') return { ok: false, detail: answer }
    return answer.status === 200
      ? { ok: true, detail: `Answers at ${at}.` }
      : { ok: false, detail: `Status ${answer.status} for ${host} at ${at}.` }
  }

function judge(target: { siteId: string; expected: 'active' | 'suspended' }, answer: Answer | string): ProbeResult {
  if (typeof answer === 'string') return { ok: false, detail: answer }
  if (target.expected === 'suspended') {
    const ok = answer.siteState === 'suspended'
    return {
      ok,
      detail: ok ? 'The suspension page is shown.' : `Status ${answer.status} instead of the suspension page.`,
    }
  }
  if (answer.status !== 200) return { ok: false, detail: `Status ${answer.status} at the public address.` }
  // The edge could lead to another site: only the right one knows this id, and it says it only after asking its database.
  const ok = answer.body.includes(target.siteId)
  return {
    ok,
    detail: ok ? 'Answers at its public address, database included.' : 'Another program answered at this address.',
  }
}

async function look(
  { host, path }: { host: string; path: string },
  options: ProberOptions,
  signal: AbortSignal | undefined,
): Promise<Answer | string> {
  const ca = await options.authorityPem()
  return new Promise((resolve) => {
    const sent = request(
      {
        host: options.edge.address,
        port: options.edge.port,
        servername: host,
        path,
        headers: {
          host: options.edge.port === 443 ? host : `${host}:${options.edge.port}`,
          accept: 'application/json',
        },
        agent: false,
        timeout: attemptTimeoutMs,
        ...(ca === undefined ? {} : { ca }),
        ...(signal === undefined ? {} : { signal }),
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', (error) => resolve(`The answer broke off: ${error.message}`))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            siteState: String(response.headers['platen-site-state'] ?? ''),
            body: Buffer.concat(chunks).toString('utf8').slice(0, 10_000),
          }),
        )
      },
    )
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${attemptTimeoutMs} ms`)))
    sent.on('error', (error) => resolve(`The edge could not be asked: ${error.message}`))
    sent.end()
  })
}
