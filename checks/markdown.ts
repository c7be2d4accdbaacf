/** Targets of links and images in a Markdown text, code blocks and code spans left out. */
export function linksOf(markdown: string): string[] {
  const inline = [...withoutCode(markdown).matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)]
  const definitions = [...withoutCode(markdown).matchAll(/^ {0,3}\[[^\]]+\]:\s*<?(\S+?)>?\s*$/gm)]
  return [...inline, ...definitions].map(([, target = '']) => target)
}

/** Anchors that a forge makes for the headings of a Markdown text. */
export function anchorsOf(markdown: string): string[] {
  const headings = [...withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)].map(([, text = '']) => text)
  return headings.map((text) =>
    text
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  )
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replaceAll(/`[^`\n]*`/g, '')
}

function withoutFences(markdown: string): string {
  return markdown.replaceAll(/^ {0,3}(```|~~~)[\s\S]*?^ {0,3}\1/gm, '')
}
