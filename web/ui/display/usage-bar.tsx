import { Progress } from '@mantine/core'
import classes from './usage-bar.module.css'

interface UsageBarProps {
  used: number
  limit: number
  /** Names the bar for those who cannot see it. */
  label: string
  /** What it says in words, since a bar alone says little: "1.2 of 5 GB". */
  text: string
}

/** How much of a limit is used. Nearly full is orange, full is red; the words beside it carry the meaning. */
export function UsageBar({ used, limit, label, text }: UsageBarProps) {
  const percent = limit <= 0 ? 100 : Math.min(100, (used / limit) * 100)
  const color = percent >= 100 ? 'red' : percent >= 80 ? 'orange' : 'petrol'
  return (
    <span className={classes.usage}>
      <Progress.Root size={6}>
        <Progress.Section value={percent} color={color} aria-label={label} aria-valuetext={text} />
      </Progress.Root>
      <span className={classes.text}>{text}</span>
    </span>
  )
}
