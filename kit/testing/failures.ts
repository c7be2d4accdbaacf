// Whether a test of this file failed so far. On the global object, because a test file and its setup file may each load this module.
const KEY = Symbol.for('platen.test-failed')

export function rememberFailure(failed: boolean): void {
  Reflect.set(globalThis, KEY, failed)
}

export function hasFailedTest(): boolean {
  return Reflect.get(globalThis, KEY) === true
}
