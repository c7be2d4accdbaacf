/** Text as HTML, in elements and attributes. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A whole page without scripts. Styles go in with the nonce of its policy; without one the page has none. */
export function htmlPage(title: string, body: string, nonce?: string): string {
  const style = nonce === undefined ? '' : `<style nonce="${nonce}">${STYLE}</style>`
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(title)}</title>${style}</head><body><main>${body}</main></body></html>\n`
}

const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{margin:0}main{max-width:64rem;margin:0 auto;padding:1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #8885}
code,pre{font-family:ui-monospace,monospace;font-size:.9em}td code{overflow-wrap:anywhere}
pre{overflow:auto;max-height:32rem;padding:.8rem;border:1px solid #8885;border-radius:.4rem}
.method{display:inline-block;min-width:4.5em;font-weight:700}summary{cursor:pointer}`
