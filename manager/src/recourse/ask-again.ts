import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tx } from '@platen/kit/sql'
import {
  beginArchival,
  beginBackup,
  beginDrill,
  beginRestorationInPlace,
  beginRevival,
  type BackupRoutesOptions,
} from '../backups/index.ts'
import type { OperationAnswer } from '../operations/index.ts'
import { beginChange, beginReturn } from '../sites/index.ts'

/** What is asked for: an operation's id and what it was given. */
export interface Asked {
  id: string
  input: unknown
}

export type Asking = (
  tx: Tx,
  request: FastifyRequest,
  asked: Asked,
  options: BackupRoutesOptions,
) => Promise<{ operation: OperationAnswer }>

const ofSite = z.object({ siteId: z.uuid() })
const ofBackup = z.object({ backupId: z.uuid() })
const ofRestoration = z.object({ siteId: z.uuid(), fromBackupId: z.uuid() })
const ofReturn = z.object({ siteId: z.uuid(), ofOperationId: z.uuid() })

const change =
  (action: 'suspend' | 'resume' | 'restart' | 'drop'): Asking =>
  (tx, request, { input }, options) =>
    beginChange(tx, request, { siteId: ofSite.parse(input).siteId, action }, options)

const archive: Asking = (tx, request, { input }, options) =>
  beginArchival(tx, request, ofSite.parse(input).siteId, options)
const revive: Asking = (tx, request, { input }, options) =>
  beginRevival(tx, request, ofSite.parse(input).siteId, options)
const backUp: Asking = (tx, request, { input }, options) =>
  beginBackup(tx, request, ofSite.parse(input).siteId, options)
const drill: Asking = (tx, request, { input }, options) =>
  beginDrill(tx, request, ofBackup.parse(input).backupId, options)

const restore: Asking = (tx, request, { input }, options) => {
  const { siteId, fromBackupId } = ofRestoration.parse(input)
  return beginRestorationInPlace(tx, request, { siteId, backupId: fromBackupId }, options)
}

const returnAgain: Asking = (tx, request, { input }, options) =>
  beginReturn(tx, request, ofReturn.parse(input), options)

const takeBack: Asking = (tx, request, { id, input }, options) =>
  beginReturn(tx, request, { siteId: ofSite.parse(input).siteId, ofOperationId: id }, options)

/** By type: asks for the same again. */
export const again: Readonly<Record<string, Asking>> = {
  'suspend-site': change('suspend'),
  'resume-site': change('resume'),
  'restart-site': change('restart'),
  'drop-site': change('drop'),
  'back-up-site': backUp,
  'drill-backup': drill,
  'archive-site': archive,
  'revive-site': revive,
  'restore-site-in-place': restore,
  'restore-broken-site': restore,
  'return-site': returnAgain,
}

/** By type: asks for what takes it back. */
export const reverse: Readonly<Record<string, Asking>> = {
  'suspend-site': change('resume'),
  'resume-site': change('suspend'),
  'archive-site': revive,
  'restore-site-in-place': takeBack,
  'restore-broken-site': takeBack,
  'return-site': takeBack,
}
