// Who connects to the embedded server, and with what. The superuser's and the provisioner's passwords are files of their
// own; those of the control plane's roles follow from the master key, so that the manager needs no further file.
import { randomBytes } from 'node:crypto'
import { readFile, stat, writeFile, link, rm, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  CONTROL_PLANE_DATABASE,
  CONTROL_PLANE_ROLES,
  dataPaths,
  DATABASE_PORT,
  PROVISIONER_ROLE,
  runDirectory,
} from '@platen/kit/names'
import { deriveSecret, Secret } from '@platen/kit/secrets'
import type { Connection } from '@platen/kit/sql'
import { DriverError } from '../../errors/index.ts'
import type { ServerPasswords } from './bootstrap.ts'

type ControlPlaneRole = keyof typeof CONTROL_PLANE_ROLES

/** Password of a control-plane role. */
export function controlPlanePassword(masterKey: Buffer, role: ControlPlaneRole): Secret {
  return deriveSecret(masterKey, `postgres-role:${CONTROL_PLANE_ROLES[role]}`)
}

/** The control plane's database on the embedded server, as one of its roles. */
export function controlPlaneConnection(options: {
  dataDirectory: string
  masterKey: Buffer
  role: ControlPlaneRole
  applicationName: string
}): Connection {
  return {
    host: runDirectory(options.dataDirectory),
    port: DATABASE_PORT,
    database: CONTROL_PLANE_DATABASE,
    user: CONTROL_PLANE_ROLES[options.role],
    password: controlPlanePassword(options.masterKey, options.role),
    applicationName: options.applicationName,
  }
}

/** What `PostgresDatabaseServer` wants, for the embedded server. Throws when the supervisor has not made the secret yet. */
export async function provisionerConnection(
  dataDirectory: string,
  applicationName = 'platen-databases',
): Promise<Connection> {
  return {
    host: runDirectory(dataDirectory),
    port: DATABASE_PORT,
    database: 'postgres',
    user: PROVISIONER_ROLE,
    password: await readSecretFile(dataPaths(dataDirectory).postgres.provisionerSecret),
    applicationName,
  }
}

/** All passwords of the embedded server, for its start. Makes the missing files. */
export async function embeddedPasswords(
  dataDirectory: string,
  masterKey: Buffer,
): Promise<{ superuser: Secret; server: ServerPasswords }> {
  const { superuserSecret, provisionerSecret } = dataPaths(dataDirectory).postgres
  return {
    superuser: await loadOrCreateSecretFile(superuserSecret),
    server: {
      provisioner: await loadOrCreateSecretFile(provisionerSecret),
      owner: controlPlanePassword(masterKey, 'owner'),
      api: controlPlanePassword(masterKey, 'api'),
      worker: controlPlanePassword(masterKey, 'worker'),
    },
  }
}

/** 32 random bytes in a file of mode 0600, made once; complete or absent, also after a crash. */
export async function loadOrCreateSecretFile(file: string): Promise<Secret> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const fresh = `${file}.new-${process.pid}-${randomBytes(4).toString('hex')}`
  const exists = await stat(file).then(
    () => true,
    () => false,
  )
  if (!exists) {
    await writeFile(fresh, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true })
    // A link fails if somebody else was faster; a rename would replace his.
    await link(fresh, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(fresh, { force: true })
  }
  return readSecretFile(file)
}

async function readSecretFile(file: string): Promise<Secret> {
  const [text, { mode }] = await Promise.all([readFile(file, 'utf8'), stat(file)])
  if ((mode & 0o077) !== 0) throw new DriverError('refused', `${file} can be read by other users: chmod 600 ${file}`)
  const secret = text.trim()
  if (secret.length < 32) throw new DriverError('refused', `${file} is too short for a secret: put back the right file`)
  return new Secret(secret)
}
