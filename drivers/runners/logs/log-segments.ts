// A log is a row of segments: what was rotated away, and the one that is written. They are read in chunks, in either direction, so
// that memory stays the same however large a log is. Segments are numbered for good, which is what makes places in them last.

/** A part of a log. Reading behind its end gives less or nothing. */
export interface LogSegment {
  /** Grows with each rotation. */
  number: number
  sizeBytes: number
  /** The one that is written: its last line counts once it is complete. */
  isWritten: boolean
  read(offset: number, length: number): Promise<Buffer>
}

/** Where a line begins. */
export interface Place {
  segment: number
  offset: number
}

export interface RawLine extends Place {
  text: string
}

export interface Batch {
  /** In the order of reading: newest first when going backwards. */
  lines: RawLine[]
  /** Everything up to here has been given. */
  reached: Place
  scannedBytes: number
}

const chunkBytes = 256 * 1024
/** A longer line is cut. */
const longestLineBytes = 256 * 1024
const newLine = 0x0a

/** The place behind the last complete line of a log. */
export async function endOf(segments: readonly LogSegment[]): Promise<Place> {
  const last = segments.at(-1)
  return last === undefined ? { segment: 0, offset: 0 } : { segment: last.number, offset: await endOfLines(last) }
}

/** Lines before a place, newest first. Segments are given oldest first. */
export async function* backwards(segments: readonly LogSegment[], from: Place): AsyncGenerator<Batch> {
  for (const segment of segments.filter(({ number }) => number <= from.segment).toReversed()) {
    const end = await endOfLines(segment)
    yield* segmentBackwards(segment, segment.number === from.segment ? Math.min(end, from.offset) : end)
  }
}

/** Lines from a place on, oldest first. */
export async function* forwards(segments: readonly LogSegment[], from: Place): AsyncGenerator<Batch> {
  for (const segment of segments.filter(({ number }) => number >= from.segment))
    yield* segmentForwards(segment, segment.number === from.segment ? from.offset : 0)
}

async function* segmentBackwards(segment: LogSegment, end: number): AsyncGenerator<Batch> {
  // The tail of a line whose beginning has not been read yet.
  let tail: Buffer = Buffer.alloc(0)
  let reached = end
  for (let top = end; top > 0;) {
    const start = Math.max(0, top - chunkBytes)
    const chunk = await segment.read(start, top - start)
    const bytes = Buffer.concat([chunk, tail])
    // Before the first line break stands the end of an earlier line, unless here is the beginning of everything.
    const firstBreak = start === 0 ? -1 : chunk.indexOf(newLine)
    const isOneLongLine = start > 0 && firstBreak === -1
    const beginning = isOneLongLine ? bytes.length : firstBreak + 1
    const lines = isOneLongLine ? [] : linesIn(bytes, beginning, { segment: segment.number, offset: start })
    tail = bytes.subarray(0, Math.min(beginning, longestLineBytes))
    top = start
    reached = lines.at(0)?.offset ?? reached
    yield {
      lines: lines.toReversed(),
      reached: { segment: segment.number, offset: reached },
      scannedBytes: chunk.length,
    }
  }
}

/** All lines of `bytes` from `index` on; `origin` is the place of its first byte. */
function linesIn(bytes: Buffer, index: number, origin: Place): RawLine[] {
  const lines: RawLine[] = []
  for (let start = index; start < bytes.length;) {
    const found = bytes.indexOf(newLine, start)
    const end = found === -1 ? bytes.length : found
    lines.push({ segment: origin.segment, offset: origin.offset + start, text: textOf(bytes.subarray(start, end)) })
    start = end + 1
  }
  return lines
}

async function* segmentForwards(segment: LogSegment, from: number): AsyncGenerator<Batch> {
  const end = await endOfLines(segment)
  const number = segment.number
  let lineStart = from
  let head: Buffer = Buffer.alloc(0)
  for (let position = from; position < end;) {
    const chunk = await segment.read(position, Math.min(chunkBytes, end - position))
    if (chunk.length === 0) break
    const lines: RawLine[] = []
    let start = 0
    for (let index = chunk.indexOf(newLine); index !== -1; index = chunk.indexOf(newLine, start)) {
      const text = textOf(Buffer.concat([head, chunk.subarray(start, index)]))
      lines.push({ segment: number, offset: lineStart, text })
      head = Buffer.alloc(0)
      start = index + 1
      lineStart = position + start
    }
    head = Buffer.concat([head, chunk.subarray(start)]).subarray(0, longestLineBytes)
    position += chunk.length
    if (position >= end && head.length > 0) {
      lines.push({ segment: number, offset: lineStart, text: textOf(head) })
      lineStart = end
    }
    yield { lines, reached: { segment: number, offset: lineStart }, scannedBytes: chunk.length }
  }
}

const textOf = (bytes: Buffer): string => bytes.subarray(0, longestLineBytes).toString('utf8')

/** Behind its last complete line; a segment that nobody writes any more ends where it ends. */
async function endOfLines(segment: LogSegment): Promise<number> {
  if (!segment.isWritten) return segment.sizeBytes
  const start = Math.max(0, segment.sizeBytes - longestLineBytes)
  const index = (await segment.read(start, segment.sizeBytes - start)).lastIndexOf(newLine)
  return index === -1 ? (start === 0 ? 0 : segment.sizeBytes) : start + index + 1
}
