import type { Mailer } from '@platen/drivers/mail'
import type { ObjectStore } from '@platen/drivers/objects'
import { newId } from '@platen/kit/ids'
import { fine, remark, type Check } from './check.ts'

export interface OutsideCheckParts {
  objects: Pick<ObjectStore, 'put' | 'get' | 'remove' | 'list'>
  mailer: Pick<Mailer, 'check' | 'describe'>
  /** Whether mails stay here because no relay is set. */
  inbox: object | undefined
  /** Asks the edge for the console, at the address that visitors use. */
  askEdge(signal: AbortSignal): Promise<{ ok: boolean; detail: string }>
}

/** Reserved for diagnoses: nothing else is kept below it. */
const probePrefix = 'probes'
/** Older ones are of a manager that was killed while it looked. */
const probeMs = 3_600_000

export const outsideChecks = (parts: OutsideCheckParts): Check[] => [objectStore(parts), edge(parts), mail(parts)]

const objectStore = ({ objects }: OutsideCheckParts): Check => ({
  name: 'object-store',
  severity: 'critical',
  whatToDo:
    'See that the folder objects of the data directory exists, belongs to who runs Platen, and that its disk has room.',
  async look(signal) {
    const key = `${probePrefix}/${newId()}`
    const content = Buffer.from(key)
    const startedAtMs = performance.now()
    try {
      await objects.put(key, content, { contentType: 'text/plain', maxBytes: content.length, signal })
      const { stream } = await objects.get(key, { signal })
      const read = Buffer.concat((await stream.toArray()) as Buffer[]) // bytes: no encoding is set
      if (!read.equals(content)) throw new Error('What was read is not what was written.')
    } finally {
      await objects.remove(key)
    }
    const tookMs = Math.round(performance.now() - startedAtMs)
    for (const left of await objects.list(probePrefix, { signal }))
      if (Date.now() - left.lastModified.getTime() > probeMs) await objects.remove(left.key, { signal })
    return fine(`Written, read and removed in ${tookMs} ms.`)
  },
})

const edge = ({ askEdge }: OutsideCheckParts): Check => ({
  name: 'edge',
  severity: 'critical',
  whatToDo: 'See whether the process edge runs, and read its log in the data directory.',
  async look(signal) {
    const { ok, detail } = await askEdge(signal)
    if (!ok) throw new Error(detail)
    return fine(detail)
  },
})

const mail = ({ mailer, inbox }: OutsideCheckParts): Check => ({
  name: 'mail',
  severity: 'warning',
  whatToDo: 'Compare PLATEN_SMTP_URL, PLATEN_MAIL_FROM and PLATEN_SMTP_AUTHORITY with what the relay wants.',
  async look(signal) {
    const { ok, detail } = await mailer.check({ signal })
    if (!ok) throw new Error(detail)
    if (inbox !== undefined)
      return remark(
        'No relay is set: mails stay in the inbox of the console and go to nobody.',
        'Set PLATEN_SMTP_URL, so that alerts reach you when the console is closed.',
      )
    const { target, from } = await mailer.describe({ signal })
    return fine(`Mails go to ${target}, from ${from}.`)
  },
})
