import { describe, expect, test } from 'vitest'
import { defineProblems, findProblem, kitProblems, ProblemError, problemFeatures, problemSchema } from './index.ts'

const row = { status: 409, title: 'Taken', user: 'Choose another.', operator: 'Nothing.' }

describe('a problem', () => {
  test('travels with its type, code, places and extensions', () => {
    const problem = kitProblems.problem('request-invalid', 'One place is wrong.', {
      errors: [{ pointer: '/lines/0', message: 'Too many.' }],
      extensions: { limit: 3 },
    })
    expect(problemSchema.parse(JSON.parse(JSON.stringify(problem)))).toEqual({
      type: '/problems/request-invalid',
      title: 'Request refused by its rules',
      status: 422,
      detail: 'One place is wrong.',
      code: 'request-invalid',
      retryable: false,
      errors: [{ pointer: '/lines/0', message: 'Too many.' }],
      limit: 3,
    })
  })

  test('cannot have its standard members replaced by an extension', () => {
    const problem = kitProblems.problem('conflict', 'detail', { extensions: { status: 200, code: 'fine', type: 'x' } })
    expect(problem.toJSON()).toMatchObject({ status: 409, code: 'conflict', type: '/problems/conflict' })
  })

  test('keeps its cause for the log and never sends it', () => {
    const cause = new Error('connection string')
    const problem = kitProblems.problem('internal', 'detail', { cause })
    expect(problem.cause).toBe(cause)
    expect(JSON.stringify(problem)).not.toContain('connection string')
    expect(problem).toBeInstanceOf(ProblemError)
  })
})

describe('a table of problems', () => {
  test('is found again by feature and by code', () => {
    const table = defineProblems('test-sites', { 'test-name-taken': row })
    expect(problemFeatures().map(({ feature }) => feature)).toContain('test-sites')
    expect(findProblem('test-name-taken')).toEqual({ feature: 'test-sites', definition: row })
    expect(table.problem('test-name-taken', 'x').status).toBe(409)
  })

  test('cannot take a code that another feature has', () => {
    expect(() => defineProblems('test-thieves', { conflict: row })).toThrow(
      'Problem conflict of test-thieves is already defined by kit',
    )
  })

  test.each([
    ['a code that is not kebab-case', { NotKebab: row }, 'not kebab-case'],
    ['a status that is no error', { 'test-fine': { ...row, status: 200 } }, 'not an error'],
    ['an empty instruction', { 'test-silent': { ...row, operator: ' ' } }, 'empty operator'],
  ])('is refused with %s', (_what, table, message) => {
    expect(() => defineProblems('test-bad', table)).toThrow(message)
  })

  test('is not fooled by names that every object has', () => {
    expect(findProblem('constructor')).toBeUndefined()
    expect(findProblem('__proto__')).toBeUndefined()
  })
})
