/** Code blocks of a page that name a file in their first line: whole files, and changes to files that are there. */
export interface PageBlock {
  kind: 'file' | 'change'
  path: string
  text: string
}

/** Blocks as ```` ```ts path/of/the/file.ts ```` and ```` ```diff path/of/the/file.ts ````, in their order. */
export function blocksOf(markdown: string): PageBlock[] {
  return [...markdown.matchAll(/^```(\w+) (\S+\.\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language, path = '', text = '']) => ({
      kind: language === 'diff' ? 'change' : 'file',
      path,
      text,
    }),
  )
}

/**
 * A text with the change applied: lines that begin with a blank or a minus must stand in it once, together; the last may be the
 * beginning of one.
 */
export function applyChange(text: string, change: string): string {
  const lines = change.replace(/\n$/, '').split('\n')
  const side = (sign: string): string =>
    lines
      .filter((line) => line.startsWith(' ') || line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n')
  const [before, after] = [side('-'), side('+')]
  const found = text.split(before).length - 1
  if (found !== 1) throw new Error(`found ${found} times, once is wanted:\n${before}`)
  return text.replace(before, () => after)
}
