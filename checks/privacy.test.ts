import { expect, test } from 'vitest'
import { machineTraces } from './machine-traces.ts'
import { readRepositoryFile, repositoryFiles } from './repository-files.ts'

const binary = ['.png', '.jpg', '.jpeg', '.webp', '.gif', '.ico', '.woff2', '.gz', '.zip']

test('no file names a folder of a developer machine or holds a private key', async () => {
  const found: string[] = []
  for (const file of await repositoryFiles()) {
    if (binary.some((ending) => file.endsWith(ending)) || file === 'package-lock.json') continue
    for (const trace of machineTraces(await readRepositoryFile(file))) found.push(`${file}: ${trace}`)
  }
  expect(found).toEqual([])
})

test('a home folder and a private key are noticed', () => {
  const home = ['', 'home', 'somebody', 'platen'].join('/')
  const key = ['-----BEGIN', 'PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG'].join(' ')
  expect(machineTraces(`see ${home}/notes.md`)).toEqual([home])
  expect(machineTraces(key)).toEqual(['private key'])
})
