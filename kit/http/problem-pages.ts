import { z } from 'zod'
import { findProblem, kitProblems } from '../problems/index.ts'
import { escaped, htmlPage } from './api-docs/html.ts'
import type { HttpServer } from './http-server.ts'

/** `/problems/<code>`: the page that the `type` of every problem points to. Plain HTML without styles, so the policy holds. */
export function serveProblemPages(app: HttpServer): void {
  const config = {
    policy: { kind: 'public', reason: 'Documentation of error codes; the same for everybody.' },
  } as const
  const schema = { hide: true, params: z.strictObject({ code: z.string() }) }
  app.get('/problems/:code', { config, schema }, async (request, reply) => {
    const { code } = request.params
    const found = findProblem(code)
    if (found === undefined) throw kitProblems.problem('not-found', 'There is no problem with this code.')
    const { status, title, user, operator, retryable } = found.definition
    const lines = [
      `<h1>${escaped(title)}</h1><p><code>${code}</code>, HTTP ${status}</p>`,
      `<h2>What you can do</h2><p>${escaped(user)}</p>`,
      `<h2>What the operator can do</h2><p>${escaped(operator)}</p>`,
      `<p>${retryable === true ? 'Trying again later may help.' : 'Trying again without a change does not help.'}</p>`,
    ]
    return reply.type('text/html; charset=utf-8').send(htmlPage(title, lines.join('\n')))
  })
}
