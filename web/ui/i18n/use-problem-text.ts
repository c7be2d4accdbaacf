import { useTranslation } from 'react-i18next'
import { ConnectionError, ProblemError } from '../api/problem.ts'
import type { Problem } from '../api/problem.ts'

export interface ProblemText {
  title: string
  /** What happened this time, in the server's words when we have none of our own. */
  detail: string | null
}

/** Says a problem in the reader's language: by code, else what the server wrote. */
export function useProblemText(): (error: unknown) => ProblemText {
  const { t, i18n } = useTranslation()
  const known = (problem: Problem): ProblemText => {
    const key = `problem.${problem.code}`
    if (!i18n.exists(key)) return { title: problem.title || t('problem.unknown'), detail: problem.detail || null }
    return { title: t(key, { ...problem }), detail: null }
  }
  return (error) => {
    if (error instanceof ProblemError) return known(error.problem)
    if (error instanceof ConnectionError) return { title: t(`connection.${error.outage}`), detail: null }
    if (isProblem(error)) return known(error)
    return { title: t('problem.unknown'), detail: error instanceof Error ? error.message : null }
  }
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'code' in value && 'title' in value
}
