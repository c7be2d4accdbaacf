/** The API document as pages for people: a list of all operations by tag, and a page of each. Pure: document in, HTML out. */
import { isObject, type Json, type JsonObject } from './examples.ts'
import { escaped } from './html.ts'

export interface DocumentedOperation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly operation: JsonObject
}

export function operationsOf(document: JsonObject): DocumentedOperation[] {
  return membersOf(document['paths']).flatMap(([path, item]) =>
    membersOf(item).flatMap(([method, operation]) =>
      isObject(operation)
        ? [{ id: text(operation['operationId']), method: method.toUpperCase(), path, operation }]
        : [],
    ),
  )
}

export function listPage(document: JsonObject): string {
  const info = isObject(document['info']) ? document['info'] : {}
  const byTag = Map.groupBy(operationsOf(document), ({ operation }) => text([operation['tags']].flat()[0] ?? 'other'))
  const sections = [...byTag]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([tag, operations]) => {
      const rows = operations.map(
        ({ id, method, path, operation }) =>
          `<tr><td><a href="/docs/operations/${escaped(id)}"><code><span class="method">${method}</span>${escaped(path)}</code></a></td><td>${escaped(text(operation['summary']))}</td></tr>`,
      )
      return `<h2>${escaped(tag)}</h2><table><tbody>${rows.join('')}</tbody></table>`
    })
  return `<h1>${escaped(text(info['title']))}</h1><p>${escaped(text(info['description']))}</p>
<p>For programs: <a href="/docs/openapi.json">openapi.json</a> (OpenAPI 3.1). Errors are problem documents; each code has its page.</p>${sections.join('')}`
}

export function operationPage({ method, path, operation }: DocumentedOperation, document: JsonObject): string {
  const idempotent = operation['x-idempotent'] === true ? '<li>Takes an <code>Idempotency-Key</code>.</li>' : ''
  const cost =
    operation['x-cost'] === undefined
      ? ''
      : `<li>Counts as ${text(operation['x-cost'])} requests in the rate limits.</li>`
  return `<p><a href="/docs">All operations</a></p><h1>${escaped(text(operation['summary']))}</h1>
<p><code><span class="method">${method}</span>${escaped(path)}</code></p>${paragraph(operation['description'])}
<ul><li>Who may: <code>${escaped(text(operation['x-policy']))}</code></li>${idempotent}${cost}</ul>
${parameters(operation['parameters'])}${contents('Body', operation['requestBody'], document)}${answers(operation['responses'], document)}`
}

function parameters(given: Json | undefined): string {
  const rows = (Array.isArray(given) ? given : []).filter(isObject).map((parameter) => {
    const { name, in: place, required, description, example } = parameter
    return `<tr><td><code>${escaped(text(name))}</code></td><td>${text(place)}${required === true ? ', required' : ''}</td><td>${escaped(text(description))}</td><td><code>${escaped(text(example))}</code></td></tr>`
  })
  if (rows.length === 0) return ''
  return `<h2>Parameters</h2><table><thead><tr><th>Name</th><th>In</th><th>Meaning</th><th>Example</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

function answers(responses: Json | undefined, document: JsonObject): string {
  const [fine, refused] = [true, false].map((isFine) =>
    membersOf(responses).filter(([status]) => status.startsWith('2') === isFine),
  )
  const rows = (refused ?? []).map(([status, answer]) => {
    const links = codesOf(answer).map(
      (code) => `<a href="/problems/${escaped(code)}"><code>${escaped(code)}</code></a>`,
    )
    const description = isObject(answer) ? text(answer['description']) : ''
    return `<tr><td>${escaped(status)}</td><td>${links.join(', ') || escaped(description)}</td></tr>`
  })
  return `${(fine ?? []).map(([status, answer]) => contents(`Answer ${status}`, answer, document) || `<h2>Answer ${escaped(status)}</h2>`).join('')}<h2>Refusals</h2><table><tbody>${rows.join('')}</tbody></table>`
}

/** The codes of the problems behind a status. */
function codesOf(answer: Json): string[] {
  const found = [...JSON.stringify(answer).matchAll(/"code":\{"enum":(\[[^\]]*\])/g)].map(([, list]) => list ?? '[]')
  // Codes are words with hyphens: no bracket stands inside the list.
  return found.flatMap((list) => JSON.parse(list) as string[])
}

function contents(title: string, holder: Json | undefined, document: JsonObject): string {
  const media = membersOf(isObject(holder) ? holder['content'] : undefined)
  return media
    .map(([type, one]) => {
      const { schema = {}, example = null } = isObject(one) ? one : {}
      return `<h2>${escaped(title)}</h2><p><code>${escaped(type)}</code></p><pre>${pretty(example)}</pre><details><summary>Schema</summary><pre>${pretty(resolved(schema, document))}</pre></details>`
    })
    .join('')
}

/** With components in place of their names, and without patterns, which say to people what the format says already. */
function resolved(schema: Json, document: JsonObject, above: readonly string[] = []): Json {
  if (Array.isArray(schema)) return schema.map((one: Json) => resolved(one, document, above))
  if (!isObject(schema)) return schema
  const reference = schema['$ref']
  if (typeof reference === 'string' && !above.includes(reference)) {
    const found = reference
      .split('/')
      .slice(1)
      .reduce<Json | undefined>((inner, key) => (isObject(inner) ? inner[key] : undefined), document)
    return resolved(found ?? {}, document, [...above, reference])
  }
  const kept = Object.entries(schema).filter(([key, value]) => key !== 'pattern' || typeof value !== 'string')
  return Object.fromEntries(kept.map(([key, value]) => [key, resolved(value, document, above)]))
}

const membersOf = (value: Json | undefined): [string, Json][] => (isObject(value) ? Object.entries(value) : [])
const text = (value: Json | undefined): string =>
  value === undefined ? '' : typeof value === 'string' ? value : JSON.stringify(value)
const paragraph = (value: Json | undefined): string => (value === undefined ? '' : `<p>${escaped(text(value))}</p>`)
const pretty = (value: Json): string => escaped(JSON.stringify(value, null, 2))
