import { useFormat } from '../i18n/use-format.ts'

/** A moment, as distance from now; the exact time is in its title. */
export function TimeAgo({ iso }: { iso: string }) {
  const format = useFormat()
  return (
    <time dateTime={iso} title={format.dateTime(iso)}>
      {format.ago(iso)}
    </time>
  )
}

/** A moment in full. */
export function DateTime({ iso }: { iso: string }) {
  return <time dateTime={iso}>{useFormat().dateTime(iso)}</time>
}
