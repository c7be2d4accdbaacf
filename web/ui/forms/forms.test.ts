import { expect, test } from 'vitest'
import { ProblemError } from '../api/problem.ts'
import { clearDrafts, draftStore } from './draft.ts'
import { placeFieldProblems } from './field-problems.ts'
import { passwordStrength } from './password-strength.ts'

function aRefusal(...pointers: string[]): ProblemError {
  return new ProblemError({
    code: 'request-invalid',
    status: 422,
    title: 't',
    detail: '',
    errors: pointers.map((pointer) => ({ pointer, message: `bad ${pointer}` })),
  })
}

function place(error: unknown) {
  const placed: Record<string, string> = {}
  const form = { setFieldError: (path: string, message: string) => void (placed[path] = message) }
  return { left: placeFieldProblems(form, error, { '/sku': 'sku', '/unitPrice': 'price' }), placed }
}

test('a pointer lands on its field, also from below it', () => {
  expect(place(aRefusal('/sku', '/unitPrice/amount'))).toEqual({
    left: null,
    placed: { sku: 'bad /sku', price: 'bad /unitPrice/amount' },
  })
})

test('what has no field is left to show', () => {
  const error = aRefusal('/sku', '/unknown')
  expect(place(error).left).toBe(error)
  expect(place(aRefusal()).left).toBeInstanceOf(ProblemError)
})

test('a draft survives until cleared and a foreign shape is refused', () => {
  const storage = memoryStorage()
  const isText = (value: unknown): value is string => typeof value === 'string'
  const store = draftStore('a', isText, storage)
  store.write('typed')
  expect(draftStore('a', isText, storage).read()).toBe('typed')
  storage.setItem('platen-draft:a', '{"other":1}')
  expect(store.read()).toBeUndefined()
})

test('signing out forgets drafts and nothing else', () => {
  const storage = memoryStorage()
  storage.setItem('platen-language', 'fr')
  draftStore('a', (value): value is string => typeof value === 'string', storage).write('x')
  clearDrafts(storage)
  expect([storage.getItem('platen-draft:a'), storage.getItem('platen-language')]).toEqual([null, 'fr'])
})

test('length and variety make a password strong', () => {
  expect(
    ['too short', 'long enough here', 'aaaaaaaaaaaaaaaaaaaaaaaa', 'correct horse battery staple'].map(passwordStrength),
  ).toEqual(['short', 'fair', 'fair', 'strong'])
})

/** The browser's storage, as far as drafts use it. */
function memoryStorage(): Storage {
  const map = new Map<string, string>()
  return {
    get length() {
      return map.size
    },
    key: (index) => [...map.keys()][index] ?? null,
    getItem: (name) => map.get(name) ?? null,
    setItem: (name, value) => void map.set(name, value),
    removeItem: (name) => void map.delete(name),
    clear: () => map.clear(),
  }
}
