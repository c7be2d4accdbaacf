// The operation of our own tests: it writes real rows and real files.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { jobsMigrations } from '../../jobs/index.ts'
import { newId } from '../../ids/index.ts'
import { rows, sql, withScope, type Db } from '../../sql/index.ts'
import { createControlPlaneRoles, testDatabase, type TestDatabase } from '../../testing/index.ts'
import { defineOperation, operationsMigrations, type OperationDefinition, type Step } from '../index.ts'
import type { OperationWorld } from './world.ts'

export interface ToyDeps {
  directory: string
}

export interface ToyInput {
  name: string
}

type ToyStep = Step<ToyInput, ToyDeps>

const inputSchema = z.strictObject({ name: z.string() })

const reserveName: ToyStep = {
  name: 'reserve-name',
  run: ({ write, operationId, input }) =>
    write((tx) =>
      sql`insert into toy.names values (${input.name}, ${operationId}) on conflict do nothing`
        .execute(tx)
        .then(() => {}),
    ),
  undo: ({ write, operationId }) =>
    write((tx) => sql`delete from toy.names where operation_id = ${operationId}`.execute(tx).then(() => {})),
}

const makeFolder: ToyStep = {
  name: 'make-folder',
  run: async ({ deps, input }) => void (await mkdir(join(deps.directory, input.name), { recursive: true })),
  undo: ({ deps, input }) => rm(join(deps.directory, input.name), { recursive: true, force: true }),
  weight: 2,
}

const writeGreeting: ToyStep = {
  name: 'write-greeting',
  run: async ({ deps, input, log }) => {
    await log(`greeting ${input.name}`)
    await writeFile(join(deps.directory, input.name, 'greeting'), `hello ${input.name}`)
  },
  undo: ({ deps, input }) => rm(join(deps.directory, input.name, 'greeting'), { force: true }),
}

const openDoor: ToyStep = {
  name: 'open-door',
  run: ({ write, input }) =>
    write((tx) => sql`update toy.names set open = true where name = ${input.name}`.execute(tx).then(() => {})),
  undo: 'nothing-to-undo',
}

export const toySteps = { reserveName, makeFolder, writeGreeting, openDoor }

export const buildToy = toyOperation('build-toy', [reserveName, makeFolder, writeGreeting, openDoor])

/** Writing the greeting is its point of no return. */
export const buildPivotToy = toyOperation('build-pivot-toy', [
  reserveName,
  makeFolder,
  { ...writeGreeting, pivot: true },
  openDoor,
])

export function toyOperation(type: string, steps: ToyStep[], version = 1): OperationDefinition<ToyInput, ToyDeps> {
  return defineOperation<ToyInput, ToyDeps>({ type, version, input: inputSchema, steps })
}

/** A database with the roles, schemas and tables that the toys need. */
export async function toyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase({
    template: 'operations',
    sets: [jobsMigrations, operationsMigrations],
    prepare: createControlPlaneRoles,
    role: 'platen_owner',
  })
  await sql`
    create schema toy;
    create table toy.names (name text primary key, operation_id uuid not null, open boolean not null default false);
    grant usage on schema toy to platen_worker;
    grant select, insert, update, delete on toy.names to platen_worker`.execute(database.db)
  return database
}

export function toyWorld(
  database: TestDatabase,
  directory: string,
  definition: OperationDefinition<ToyInput, ToyDeps>,
): OperationWorld<ToyInput, ToyDeps> & { db: Db } {
  const db = database.connect('platen_worker')
  return {
    definition,
    db,
    connection: database.createConnection('platen_worker'),
    deps: () => ({ directory }),
    input: () => ({ name: `toy-${newId()}` }),
    inventory: () => toyInventory(db, directory),
    async cleanUp(operationId, { name }) {
      await withScope(db, { operator: true }, (tx) =>
        sql`delete from toy.names where operation_id = ${operationId}`.execute(tx),
      )
      await rm(join(directory, name), { recursive: true })
    },
    async verifyDone(operationId) {
      const built = await rows(
        db,
        sql<{ open: boolean }>`select open from toy.names where operation_id = ${operationId}`,
      )
      if (built.length !== 1 || built[0]?.open !== true)
        throw new Error(`operation ${operationId} succeeded without its toy`)
    },
  }
}

export async function toyInventory(db: Db, directory: string): Promise<unknown> {
  return {
    names: await rows(db, sql`select name, open from toy.names order by name`),
    files: (await readdir(directory, { recursive: true })).toSorted(),
  }
}
