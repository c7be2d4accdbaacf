import { ProblemError } from '@platen/ui'
import { expect, test } from 'vitest'
import { lineProblems } from './line-problems.ts'

const say = ({ available }: { available: string }) => `only ${available}`

test('a shortage is told in figures on the line of its product', () => {
  const shortages = [{ productId: 'b', sku: 'B', name: 'B', asked: '3', available: '1' }]
  const error = new ProblemError({
    code: 'stock-insufficient',
    status: 409,
    title: '',
    detail: '',
    errors: [{ pointer: '/lines/1', message: 'server words' }],
    shortages,
  })
  expect([...lineProblems(error, ['a', 'b'], say)]).toEqual([[1, 'only 1']])
})

test('other refusals of a line keep the server’s words', () => {
  const error = new ProblemError({
    code: 'order-invalid',
    status: 422,
    title: '',
    detail: '',
    errors: [{ pointer: '/lines/0/productId', message: 'A is archived' }],
  })
  expect([...lineProblems(error, ['a'], say)]).toEqual([[0, 'A is archived']])
})

test('what is no refusal says nothing about lines', () => {
  expect(lineProblems(new Error('offline'), ['a'], say).size).toBe(0)
})
