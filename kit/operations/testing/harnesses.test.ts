import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryDirectory, type TemporaryDirectory, type TestDatabase } from '../../testing/index.ts'
import { failsAtEachStep, ignoresZombieAtEachStep, repeatsEachStep, repeatsEachUndo } from './index.ts'
import { buildPivotToy, buildToy, toyDatabase, toyOperation, toySteps, toyWorld } from './toy.ts'

let database: TestDatabase
let directory: TemporaryDirectory

beforeAll(async () => {
  database = await toyDatabase()
  directory = await temporaryDirectory()
})
afterAll(async () => {
  await database.drop()
  await directory.remove()
})

describe.each([buildToy, buildPivotToy])('$type', (definition) => {
  const world = (): ReturnType<typeof toyWorld> => toyWorld(database, directory.path, definition)

  test('unwinds to nothing from a failure at each step', () => failsAtEachStep(world()))
  test('bears each step being run twice', () => repeatsEachStep(world()))
  test('bears each undo being run twice', () => repeatsEachUndo(world()))
  test('is not disturbed by a worker that lost its lease after any step', () => ignoresZombieAtEachStep(world()))
})

describe('a faulty operation is found out', () => {
  test('an undo that forgets something fails "fails at each step"', async () => {
    const forgetful = toyOperation('build-forgetful', [{ ...toySteps.makeFolder, undo: 'nothing-to-undo' }])
    await expect(failsAtEachStep(toyWorld(database, directory.path, forgetful))).rejects.toThrow(
      /inventory is not what it was/,
    )
  })

  test('a run that cannot be repeated fails "repeats each step"', async () => {
    const brittle = toyOperation('build-brittle', [
      { ...toySteps.makeFolder, run: async ({ deps, input }) => void (await mkdir(join(deps.directory, input.name))) },
    ])
    await expect(repeatsEachStep(toyWorld(database, directory.path, brittle))).rejects.toThrow(/did not succeed/)
  })

  test('a run that leaves more when repeated fails "repeats each step"', async () => {
    let count = 0
    const greedy = toyOperation('build-greedy', [
      {
        name: 'write-file',
        run: async ({ deps }) => writeFile(join(deps.directory, `greedy-${(count += 1)}`), ''),
        undo: ({ deps }) => rm(join(deps.directory, `greedy-${count}`)),
      },
    ])
    const { cleanUp: _, verifyDone: __, ...world } = toyWorld(database, directory.path, greedy)
    await expect(repeatsEachStep(world)).rejects.toThrow(/inventory is not what it was/)
  })
})
