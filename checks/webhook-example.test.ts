// The example by which receivers verify a signature is run as it stands in the documentation, against what we send.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { temporaryDirectory } from '../kit/testing/index.ts'
import { newWebhookSecret, webhookHeaders } from '../kit/webhooks/index.ts'
import { readRepositoryFile } from './repository-files.ts'

const page = 'docs/operate/webhooks.md'
type IsGenuine = (secret: string, headers: object, body: string) => boolean

test('the example of the documentation takes what we send, and nothing that was altered, forged or sent again later', async () => {
  const code = /```js\n([\s\S]*?)```/.exec(await readRepositoryFile(page))?.[1] ?? ''
  const directory = await temporaryDirectory()
  const file = join(directory.path, 'example.mjs')
  await writeFile(file, code)
  const { isGenuine } = (await import(pathToFileURL(file).href)) as { isGenuine: IsGenuine } // what the page exports
  const [old, secret] = [newWebhookSecret(), newWebhookSecret()]
  const body = '{"type":"OrderSubmitted","data":{"gross":"24.84"}}'
  const sent = { id: '0199c0de-5eed-7aaa-8bbb-0123456789ab', body, sentAt: new Date() }
  const headers = webhookHeaders(sent, secret, old)
  expect(isGenuine(secret.expose(), headers, body)).toBe(true)
  expect(isGenuine(old.expose(), headers, body)).toBe(true)
  expect(isGenuine(newWebhookSecret().expose(), headers, body)).toBe(false)
  expect(isGenuine(secret.expose(), headers, body.replace('24', '42'))).toBe(false)
  const shifted = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) + 60) }
  expect(isGenuine(secret.expose(), shifted, body)).toBe(false)
  expect(isGenuine(secret.expose(), { ...headers, 'webhook-id': 'another' }, body)).toBe(false)
  const replayed = webhookHeaders({ ...sent, sentAt: new Date(Date.now() - 301_000) }, secret)
  expect(isGenuine(secret.expose(), replayed, body)).toBe(false)
  expect(isGenuine(secret.expose(), webhookHeaders(sent), body)).toBe(false)
  await directory.remove()
})
