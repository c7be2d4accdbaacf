/** Hands a file to the browser, which asks or saves as it does for any download. */
export function saveFile(content: Blob, name: string): void {
  const url = URL.createObjectURL(content)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The download has the content by then; the address would keep it in memory as long as the page lives.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
