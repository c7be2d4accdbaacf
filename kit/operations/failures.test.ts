import { describe, expect, test } from 'vitest'
import { defineProblems } from '../problems/index.ts'
import { isRetryable, StepTimeout, toProblem, withoutSecrets } from './failures.ts'

const problems = defineProblems('operations-test', {
  'test-refused': { status: 409, title: 'Refused', user: 'x', operator: 'x' },
  'test-busy': { status: 503, title: 'Busy', user: 'x', operator: 'x', retryable: true },
})

function failure(message: string, facts: object = {}, cause?: unknown): Error {
  return Object.assign(new Error(message, { cause }), facts)
}

describe('worth repeating', () => {
  test.each([
    ['a driver error that says so', failure('slow down', { kind: 'rate-limited', retryable: true })],
    ['a problem that says so', problems.problem('test-busy', 'later')],
    ['a refused connection', failure('connect', { code: 'ECONNREFUSED' })],
    ['a socket that is not there', failure('connect', { code: 'ENOENT', syscall: 'connect' })],
    ['a server that is going down', failure('terminating', { code: '57P01', severity: 'FATAL' })],
    ['a deadlock', failure('deadlock', { code: '40P01', severity: 'ERROR' })],
    ['a connection that broke', failure('Connection terminated unexpectedly')],
    ['an error caused by one of them', failure('create database', {}, failure('connect', { code: 'ECONNRESET' }))],
    ['a timeout of the step', new StepTimeout('no end after 5 ms')],
  ])('%s', (_title, error) => expect(isRetryable(error)).toBe(true))
})

describe('not worth repeating', () => {
  test.each([
    ['an ordinary error', new TypeError('x is not a function')],
    ['a problem', problems.problem('test-refused', 'no')],
    [
      'a driver error that says so, whatever caused it',
      failure('refused', { kind: 'refused', retryable: false }, failure('reset', { code: 'ECONNRESET' })),
    ],
    ['a violated constraint', failure('duplicate key', { code: '23505', severity: 'ERROR' })],
    ['a missing file', failure('no such file', { code: 'ENOENT', syscall: 'open' })],
    ['something that is no error', 'text'],
  ])('%s', (_title, error) => expect(isRetryable(error)).toBe(false))
})

describe('the stored problem', () => {
  test('of an unexpected error keeps its words to itself', () => {
    const stored = toProblem(new Error('connect postgres://platen:hunter2@db failed'), 'create-database')
    expect(stored).toMatchObject({
      code: 'operation-step-failed',
      detail: expect.stringContaining('create-database') as string,
    })
    expect(JSON.stringify(stored)).not.toContain('hunter2')
  })

  test('of a driver error says what the driver said, without credentials', () => {
    const stored = toProblem(
      failure('PUT https://key:hunter2@s3.example/x was refused', { kind: 'refused', retryable: false }),
      'create-storage',
    )
    expect(stored).toMatchObject({
      code: 'operation-step-failed',
      kind: 'refused',
      detail: 'create-storage: PUT https://[redacted]@s3.example/x was refused',
    })
  })

  test('of a problem is the problem', () => {
    expect(
      toProblem(problems.problem('test-refused', 'no room', { extensions: { left: 3 } }), 'reserve'),
    ).toMatchObject({ code: 'test-refused', left: 3, status: 409 })
  })
})

test.each([
  ['password=hunter2 rest', 'password=[redacted] rest'],
  ['{"token": "hunter2"}', '{"token": [redacted]}'],
  ['Authorization: Bearer hunter2', 'Authorization: [redacted]'],
  ['all is well', 'all is well'],
])('"%s" is logged as "%s"', (text, expected) => expect(withoutSecrets(text)).toBe(expected))
