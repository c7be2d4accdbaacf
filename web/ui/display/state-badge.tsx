import classes from './state-badge.module.css'

export type Tone = 'ok' | 'work' | 'warn' | 'bad' | 'idle'

/** A state in a word and a dot; the word carries the meaning, the colour only helps. */
export function StateBadge({ tone, label }: { tone: Tone; label: string }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.dot} aria-hidden="true" />
      {label}
    </span>
  )
}
