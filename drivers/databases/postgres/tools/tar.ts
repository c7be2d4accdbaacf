const BLOCK_BYTES = 512

export interface TarEntry {
  name: string
  kind: 'file' | 'link' | 'other'
  /** Where a symbolic link points. */
  target: string
  content: Buffer
}

/** Entries of a ustar or GNU tar in memory. @throws RangeError where it is cut or a header's checksum is wrong. */
export function* readTar(tar: Buffer): Generator<TarEntry> {
  let longName: string | undefined
  for (let offset = 0; offset + BLOCK_BYTES <= tar.length;) {
    const header = tar.subarray(offset, offset + BLOCK_BYTES)
    if (header.every((byte) => byte === 0)) return
    if (!isChecksumRight(header)) throw new RangeError(`the tar is damaged at byte ${offset}`)
    const sizeBytes = octal(header, 124, 12)
    const start = offset + BLOCK_BYTES
    if (start + sizeBytes > tar.length) throw new RangeError('the tar is cut short')
    const content = tar.subarray(start, start + sizeBytes)
    const type = text(header, 156, 1)
    offset = start + Math.ceil(sizeBytes / BLOCK_BYTES) * BLOCK_BYTES
    // GNU: the name of the next entry, because it has more than 100 bytes.
    if (type === 'L') {
      longName = text(content, 0, sizeBytes)
      continue
    }
    const kind = type === '0' || type === '' ? 'file' : type === '2' ? 'link' : 'other'
    yield { name: longName ?? nameOf(header), kind, target: text(header, 157, 100), content }
    longName = undefined
  }
}

function nameOf(header: Buffer): string {
  const prefix = text(header, 257, 6) === 'ustar' ? text(header, 345, 155) : ''
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`
}

function isChecksumRight(header: Buffer): boolean {
  let sum = 0
  // The field itself counts as blanks.
  for (const [index, byte] of header.entries()) sum += index >= 148 && index < 156 ? 0x20 : byte
  return sum === octal(header, 148, 8)
}

function octal(header: Buffer, offset: number, lengthBytes: number): number {
  return Number.parseInt(text(header, offset, lengthBytes).trim() || '0', 8)
}

function text(bytes: Buffer, offset: number, lengthBytes: number): string {
  const field = bytes.subarray(offset, offset + lengthBytes)
  const end = field.indexOf(0)
  return field.subarray(0, end === -1 ? undefined : end).toString('utf8')
}
