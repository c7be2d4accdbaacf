/** How many tests of a run ended how. */
export interface TestCounts {
  passed: number
  failed: number
  skipped: number
}

export const noTests: TestCounts = { passed: 0, failed: 0, skipped: 0 }

export function addCounts(left: TestCounts, right: TestCounts): TestCounts {
  return {
    passed: left.passed + right.passed,
    failed: left.failed + right.failed,
    skipped: left.skipped + right.skipped,
  }
}

/** The line that `npm test` ends with. */
export function summaryLine({ passed, failed, skipped }: TestCounts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}

/**
 * Counts from vitest's JSON report. A file that could not be loaded, an error outside any test, and a run that left no report have no failed
 * test of their own: each counts as one failure, so that the number agrees with the exit code.
 */
export function countTests(report: string, exitCode: number): TestCounts {
  const counts = { ...noTests }
  if (report !== '') {
    // vitest's (jest's) documented report.
    const { testResults } = JSON.parse(report) as {
      testResults: { status: string; assertionResults: { status: string }[] }[]
    }
    for (const file of testResults) {
      const failedBefore = counts.failed
      for (const { status } of file.assertionResults) {
        if (status === 'passed') counts.passed += 1
        else if (status === 'failed') counts.failed += 1
        else counts.skipped += 1
      }
      if (file.status === 'failed' && counts.failed === failedBefore) counts.failed += 1
    }
  }
  if (exitCode !== 0 && counts.failed === 0) counts.failed = 1
  return counts
}
