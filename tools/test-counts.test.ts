import { expect, test } from 'vitest'
import { addCounts, countTests, noTests, summaryLine } from './test-counts.ts'

const report = (...files: { status: string; tests: string[] }[]): string =>
  JSON.stringify({
    testResults: files.map(({ status, tests }) => ({
      status,
      assertionResults: tests.map((outcome) => ({ status: outcome })),
    })),
  })

test('passed, failed, skipped and todo tests are counted over all files', () => {
  const text = report(
    { status: 'passed', tests: ['passed', 'pending'] },
    { status: 'failed', tests: ['passed', 'failed', 'todo'] },
  )
  expect(countTests(text, 1)).toEqual({ passed: 2, failed: 1, skipped: 2 })
})

test('a file that cannot be loaded is one failure', () => {
  expect(countTests(report({ status: 'failed', tests: [] }), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('an error outside every test is one failure', () => {
  expect(countTests(report({ status: 'passed', tests: ['passed'] }), 1)).toEqual({ passed: 1, failed: 1, skipped: 0 })
})

test('a run that leaves no report is one failure', () => {
  expect(countTests('', 137)).toEqual({ passed: 0, failed: 1, skipped: 0 })
})

test('the last line names skipped tests only when there are some', () => {
  const one = { passed: 3, failed: 0, skipped: 0 }
  expect(summaryLine(one)).toBe('3 passed, 0 failed')
  expect(summaryLine(addCounts(one, { ...noTests, skipped: 2 }))).toBe('3 passed, 0 failed, 2 skipped')
})
