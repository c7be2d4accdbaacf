/**
 * Serves a built single-page app. Files are found in a table read at start, never by joining a request's path to a folder, so there
 * is no path to traverse. Names with a hash are cached for ever; index.html never, because it names the others and carries the nonce.
 */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { contentSecurityPolicy } from './security-headers.ts'
import type { HttpServer } from './http-server.ts'

interface WebFile {
  readonly type: string
  readonly plain: Buffer
  readonly isHashed: boolean
  /** Made when first asked for. */
  readonly packed: Map<'br' | 'gzip', Promise<Buffer>>
}

export interface WebAppOptions {
  /** Paths that never fall back to index.html, beside /api/. */
  readonly reservedPrefixes?: readonly string[]
}

const config = { policy: { kind: 'public', reason: 'The web application itself; it holds no data.' } } as const

/**
 * Serves `directory` at `/`. Unknown paths get index.html only when a browser navigates to them.
 * @throws Error when the directory has no index.html, which means that the web app was not built.
 */
export async function serveWebApp(
  app: HttpServer,
  directory: string,
  { reservedPrefixes = [] }: WebAppOptions = {},
): Promise<void> {
  const files = await readFiles(directory)
  const index = files.get('/index.html')
  if (index === undefined) throw new Error(`There is no index.html in ${directory}: build the web app first`)
  const page = withNonceMeta(index.plain.toString('utf8'))
  const reserved = ['/api/', '/problems/', '/assets/', ...reservedPrefixes]

  app.get('/*', { config, schema: { hide: true } }, async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? '/'
    const file = path === '/index.html' ? undefined : files.get(path)
    if (file !== undefined) return sendFile(request, reply, file)
    const isReserved = path === '/api' || reserved.some((prefix) => path.startsWith(prefix))
    if (isReserved || !isNavigation(request)) throw app.platform.unrouted.problemFor(request)
    return sendPage(reply, page, app.platform.contentSecurityPolicy)
  })
}

async function sendFile(request: FastifyRequest, reply: FastifyReply, file: WebFile): Promise<FastifyReply> {
  reply.type(file.type).header('cache-control', file.isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
  if (!isText(file.type)) return reply.send(file.plain)
  reply.header('vary', 'origin, accept-encoding')
  const encoding = acceptedEncoding(request)
  return encoding === undefined
    ? reply.send(file.plain)
    : reply.header('content-encoding', encoding).send(await packed(file, encoding))
}

function sendPage(
  reply: FastifyReply,
  page: string,
  policy: Parameters<typeof contentSecurityPolicy>[0],
): FastifyReply {
  const nonce = randomBytes(16).toString('base64')
  return reply
    .header('content-security-policy', contentSecurityPolicy(policy, nonce))
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(page.replaceAll(NONCE_PLACE, nonce))
}

/** What the page writes where the nonce goes; the bundler may write it too (Vite: html.cspNonce). */
const NONCE_PLACE = '__CSP_NONCE__'

/** Code that makes <style> elements finds the nonce at `document.querySelector('meta[property="csp-nonce"]').nonce`. */
function withNonceMeta(html: string): string {
  if (html.includes('csp-nonce')) return html
  return html.replace(/<head[^>]*>/i, (head) => `${head}<meta property="csp-nonce" nonce="${NONCE_PLACE}">`)
}

/** A person's browser going to an address, as opposed to a script, an image or an API client. */
function isNavigation(request: FastifyRequest): boolean {
  const mode = request.headers['sec-fetch-mode']
  return (request.headers.accept ?? '').includes('text/html') && (mode === undefined || mode === 'navigate')
}

function acceptedEncoding(request: FastifyRequest): 'br' | 'gzip' | undefined {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  if (/\bbr\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted)) return 'br'
  return /\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|$))/.test(accepted) ? 'gzip' : undefined
}

function packed(file: WebFile, encoding: 'br' | 'gzip'): Promise<Buffer> {
  const known = file.packed.get(encoding)
  if (known !== undefined) return known
  const made =
    encoding === 'gzip'
      ? promisify(gzip)(file.plain)
      : promisify(brotliCompress)(file.plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
  file.packed.set(encoding, made)
  return made
}

async function readFiles(directory: string): Promise<ReadonlyMap<string, WebFile>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('.') && !entry.name.endsWith('.map'))
    .map(async (entry): Promise<[string, WebFile]> => {
      const path = join(entry.parentPath, entry.name)
      const url = `/${relative(directory, path).split(sep).map(encodeURIComponent).join('/')}`
      const type = TYPES[extname(entry.name).toLowerCase()] ?? 'application/octet-stream'
      return [url, { type, plain: await readFile(path), isHashed: HASHED_NAME.test(url), packed: new Map() }]
    })
  return new Map(await Promise.all(files))
}

// What the bundler writes: /assets/<name>-<8 characters of hash>.<extension>
const HASHED_NAME = /^\/assets\/.+-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

function isText(type: string): boolean {
  return /^text\/|json|svg|javascript/.test(type)
}
