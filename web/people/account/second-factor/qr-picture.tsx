import { useMemo } from 'react'
import classes from './second-factor.module.css'
import { qrPath } from './qr-path.ts'

/** A QR code, drawn here: what it holds is a secret and goes to no picture service. Dark on white in both schemes, for readers. */
export function QrPicture({ text, label }: { text: string; label: string }) {
  const { path, side } = useMemo(() => qrPath(text), [text])
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${side} ${side}`}
      shapeRendering="crispEdges"
      className={classes.qr}
    >
      <path d={`M0 0h${side}v${side}h-${side}z`} fill="#ffffff" />
      <path d={path} fill="#000000" />
    </svg>
  )
}
