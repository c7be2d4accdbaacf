/** Shows a chosen file on a canvas: a blob: address in an image would need a hole in the content security policy. */
export async function drawPreview(canvas: HTMLCanvasElement | null, file: File): Promise<void> {
  if (!canvas) return
  try {
    const bitmap = await createImageBitmap(file)
    canvas.width = bitmap.width
    canvas.height = bitmap.height
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
    bitmap.close()
  } catch {
    // Not a picture the browser can read: the server decides by its content and says so.
  }
}
