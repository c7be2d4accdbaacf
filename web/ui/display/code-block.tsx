import { CopyButton } from './copy-button.tsx'
import classes from './code-block.module.css'

/** Text to be copied as it stands: a command, a certificate. */
export function CodeBlock({ text, what }: { text: string; what: string }) {
  return (
    <div className={classes.block}>
      {/* Focusable so that a long line can be scrolled with the keyboard. */}
      <pre className={classes.text} tabIndex={0} aria-label={what}>
        {text}
      </pre>
      <CopyButton text={text} what={what} />
    </div>
  )
}
