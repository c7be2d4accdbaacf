/** The key files of one consumer. The manager makes them before the consumer starts; the consumer waits for them. */
import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { mkdir, open, readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { replaceFile } from './replace-file.ts'

const KEY_BYTES = 32
const POLL_MS = 200

export interface SnapshotKeyFiles {
  /** `keys/manager-public.pem` */
  publicKeyFile: string
  /** `keys/<consumer>.key` */
  sealingKeyFile: string
}

/** Manager side. Reads the consumer's sealing key, making it when absent (0600). Two callers at once get the same key. */
export async function ensureSealingKey(file: string): Promise<Buffer> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  try {
    const handle = await open(file, 'wx', 0o600)
    try {
      await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  }
  return readKeyPatiently(file)
}

/** Manager side. Publishes the public key; writes only when it differs. */
export async function ensurePublicKey(file: string, publicKeyPem: string): Promise<void> {
  const present = await readFile(file, 'utf8').catch(() => undefined)
  if (present !== publicKeyPem) await replaceFile(file, publicKeyPem, 0o644)
}

/** @throws when the file is absent, readable by others, or not 32 bytes of base64. */
export async function readSealingKey(file: string): Promise<Buffer> {
  const mode = (await stat(file)).mode & 0o077
  if (mode !== 0) throw new Error(`${file} may be read by others: chmod 600 it`)
  const key = Buffer.from((await readFile(file, 'utf8')).trim(), 'base64')
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold ${KEY_BYTES} bytes of base64`)
  return key
}

export async function readPublicKey(file: string): Promise<KeyObject> {
  return createPublicKey(await readFile(file, 'utf8'))
}

/** Consumer side. Waits until the manager has written both files; ends with the signal's reason when aborted. */
export async function waitForSnapshotKeys(
  files: SnapshotKeyFiles,
  signal?: AbortSignal,
): Promise<{ publicKey: KeyObject; sealingKey: Buffer }> {
  for (;;) {
    signal?.throwIfAborted()
    try {
      return {
        publicKey: await readPublicKey(files.publicKeyFile),
        sealingKey: await readSealingKey(files.sealingKeyFile),
      }
    } catch (error) {
      // Anything but "not there yet" (a wrong mode, a foreign owner) will not heal by waiting.
      if (!isCode(error, 'ENOENT')) throw error
    }
    await wait(POLL_MS, undefined, signal ? { signal } : {})
  }
}

/** The other creator may be between open and write: give it a moment. */
async function readKeyPatiently(file: string): Promise<Buffer> {
  for (let attempt = 0; attempt < 10; attempt++) {
    if ((await stat(file)).size > 0) break
    await wait(20)
  }
  return readSealingKey(file)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
