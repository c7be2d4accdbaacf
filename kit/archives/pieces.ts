/** Bytes that came in pieces of any size and leave in pieces of a wanted size, without copying them together. */
export class Pieces {
  #pieces: Buffer[] = []
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(piece: Buffer): void {
    if (piece.length === 0) return
    this.#pieces.push(piece)
    this.#sizeBytes += piece.length
  }

  /** The first `wantedBytes`, or everything if there is less. */
  take(wantedBytes: number): Buffer[] {
    const taken: Buffer[] = []
    let missingBytes = Math.min(wantedBytes, this.#sizeBytes)
    this.#sizeBytes -= missingBytes
    let used = 0
    while (missingBytes > 0) {
      const piece = this.#pieces[used]
      if (!piece) break
      if (piece.length > missingBytes) {
        taken.push(piece.subarray(0, missingBytes))
        this.#pieces[used] = piece.subarray(missingBytes)
        break
      }
      taken.push(piece)
      missingBytes -= piece.length
      used += 1
    }
    this.#pieces.splice(0, used)
    return taken
  }
}
