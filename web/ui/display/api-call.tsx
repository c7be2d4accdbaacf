import { useTranslation } from 'react-i18next'
import type { Method } from '../api/api.ts'
import classes from './api-call.module.css'
import { CodeBlock } from './code-block.tsx'

interface ApiCallProps {
  method: Method
  /** Below /api/v1. */
  path: string
  body?: unknown
}

/** The same action as a command: whatever the page can do, a script can. */
export function ApiCall({ method, path, body }: ApiCallProps) {
  const { t } = useTranslation('ui')
  return (
    <details className={classes.details}>
      <summary>{t('apiCall.summary')}</summary>
      <CodeBlock text={curlCommand({ method, path, body }, window.location.origin)} what={t('apiCall.command')} />
      <p className={classes.note}>{t('apiCall.note')}</p>
    </details>
  )
}

export function curlCommand({ method, path, body }: ApiCallProps, origin: string): string {
  const lines = [`curl -X ${method} '${origin}/api/v1${path}'`, `  -H "Authorization: Bearer $PLATEN_TOKEN"`]
  if (body !== undefined) {
    lines.push(`  -H 'Content-Type: application/json'`, `  -d '${JSON.stringify(body).replaceAll("'", `'\\''`)}'`)
  }
  return lines.join(' \\\n')
}
