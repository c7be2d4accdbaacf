import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../testing/index.ts'
import type { TemporaryDirectory } from '../testing/index.ts'
import { addExampleRoutes, exampleApp } from './example-server.ts'
import { serveWebApp } from './index.ts'
import type { HttpServer } from './index.ts'

const script = `console.log(${JSON.stringify('x'.repeat(5_000))})`
const page = { accept: 'text/html,*/*', 'sec-fetch-mode': 'navigate' }
let root: TemporaryDirectory
let app: HttpServer

beforeAll(async () => {
  root = await temporaryDirectory()
  const web = join(root.path, 'web')
  await mkdir(join(web, 'assets'), { recursive: true })
  await writeFile(join(root.path, 'secret.txt'), 'secret')
  await writeFile(
    join(web, 'index.html'),
    '<!doctype html><html><head><title>T</title></head><body><script type="module" nonce="__CSP_NONCE__"></script></body></html>',
  )
  await writeFile(join(web, 'favicon.svg'), '<svg/>')
  await writeFile(join(web, '.env'), 'secret')
  await writeFile(join(web, 'assets/app-D3adB33f.js'), script)
  await writeFile(join(web, 'assets/app-D3adB33f.js.map'), 'secret')
  await writeFile(join(web, 'assets/logo-D3adB33f.png'), Buffer.from([0x89, 0x50]))
  app = (
    await exampleApp({}, async (server) => {
      addExampleRoutes(server)
      await serveWebApp(server, web)
    })
  ).app
})
afterAll(async () => {
  await app.shutdown()
  await root.remove()
})

describe('files', () => {
  test.each([
    ['/assets/app-D3adB33f.js', 'text/javascript; charset=utf-8', 'public, max-age=31536000, immutable'],
    ['/assets/logo-D3adB33f.png', 'image/png', 'public, max-age=31536000, immutable'],
    ['/favicon.svg', 'image/svg+xml; charset=utf-8', 'no-cache'],
  ])('%s has its type and caching', async (url, type, caching) => {
    const { statusCode, headers } = await app.inject(url)
    expect({ statusCode, type: headers['content-type'], caching: headers['cache-control'] }).toEqual({
      statusCode: 200,
      type,
      caching,
    })
  })

  test.each([
    ['br', 'gzip, deflate, br', brotliDecompressSync],
    ['gzip', 'gzip, br;q=0', gunzipSync],
    [undefined, 'identity', (bytes: Buffer) => bytes],
  ])('are packed as %s for a client that accepts %s', async (encoding, accepted, unpack) => {
    const { headers, rawPayload } = await app.inject({
      url: '/assets/app-D3adB33f.js',
      headers: { 'accept-encoding': accepted },
    })
    expect(headers['content-encoding']).toBe(encoding)
    expect(headers['vary']).toBe('origin, accept-encoding')
    expect(unpack(rawPayload).toString()).toBe(script)
  })

  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/..%5c..%5csecret.txt',
    '/.env',
    '/assets/app-D3adB33f.js.map',
    '//etc/passwd',
    '/assets/',
    '/assets/none-D3adB33f.js',
    '/%00',
  ])('outside, hidden or absent (%s) are never served', async (url) => {
    const answer = await app.inject({ url, headers: { accept: '*/*' } })
    expect(answer.statusCode).toBeGreaterThanOrEqual(400)
    expect(answer.body).not.toContain('secret')
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  })
})

describe('the page', () => {
  test.each(['/', '/sites', '/sites/0199?tab=operations', '/index.html', '/open'])(
    'is given to a browser that navigates to %s',
    async (url) => {
      const answer = await app.inject({ url, headers: page })
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['cache-control']).toBe('no-store')
      expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    },
  )

  test('carries a nonce that its policy allows and no other page has', async () => {
    const answers = await Promise.all([
      app.inject({ url: '/', headers: page }),
      app.inject({ url: '/', headers: page }),
    ])
    const nonces = answers.map(
      (answer) => /'nonce-([^']+)'/.exec(String(answer.headers['content-security-policy']))?.[1] ?? '',
    )
    expect(new Set(nonces).size).toBe(2)
    for (const [index, answer] of answers.entries()) {
      expect(answer.body).toContain(`<meta property="csp-nonce" nonce="${nonces[index]}">`)
      expect(answer.body).toContain(`<script type="module" nonce="${nonces[index]}">`)
      expect(answer.body).not.toContain('__CSP_NONCE__')
    }
  })

  test.each([
    ['a script that asks for data', '/sites', { accept: 'application/json' }],
    ['a script that takes anything', '/sites', { accept: 'text/html', 'sec-fetch-mode': 'cors' }],
    ['a browser at an API address', '/api/v1/nothing', page],
    ['a browser at the API itself', '/api', page],
    ['a browser at a lost asset', '/assets/old-D3adB33f.js', page],
  ])('is not given to %s', async (_who, url, headers) => {
    const answer = await app.inject({ url, headers })
    expect(answer.json()).toMatchObject({ status: 404, code: 'not-found' })
  })

  test('does not hide that an API address takes other methods', async () => {
    const answer = await app.inject({ url: '/api/v1/sessions', headers: page })
    expect(answer.statusCode).toBe(405)
    expect(answer.headers['allow']).toBe('POST')
    expect((await app.inject({ method: 'POST', url: '/sites', headers: page })).statusCode).toBe(404)
  })

  test('that was never built is named at the start', async () => {
    await expect(exampleApp({}, (server) => serveWebApp(server, join(root.path, 'web/assets')))).rejects.toThrow(
      'build the web app first',
    )
  })
})
