import { assertUnchanged } from '../http/index.ts'
import { newId } from '../ids/index.ts'
import { definedEvents, subscribe, unsubscribe } from '../outbox/index.ts'
import type { Secret } from '../secrets/index.ts'
import type { Tx } from '../sql/index.ts'
import { handlerOf } from './deliver-webhook.ts'
import { webhookProblems } from './problems.ts'
import { newWebhookSecret } from './signature.ts'
import { addressRefusal, type AddressRule } from './webhook-address.ts'
import type { WebhookContext } from './webhook-context.ts'
import {
  countWebhooks,
  insertWebhook,
  lockWebhook,
  removeWebhook,
  replaceSecret,
  updateWebhook,
  webhookSecretContext,
  type WebhookDetails,
} from './webhook-store.ts'

const mostWebhooks = 20

type Patch = { [Field in keyof WebhookDetails]?: WebhookDetails[Field] | undefined }

/** Answers its id and the secret that signs, which nobody sees again. */
export async function createWebhook(
  tx: Tx,
  { context, rule }: { context: WebhookContext; rule: AddressRule },
  wanted: WebhookDetails,
): Promise<{ id: string; secret: Secret }> {
  const { tenantId, vault, actorLabel: createdBy } = context
  const details = sound(wanted, rule)
  if ((await countWebhooks(tx, tenantId)) >= mostWebhooks)
    throw webhookProblems.problem('webhook-limit-reached', `There are ${mostWebhooks} already. Nothing was added.`)
  const id = newId()
  const secret = newWebhookSecret()
  const sealedSecret = vault.seal(secret, webhookSecretContext(id))
  await insertWebhook(tx, { id, tenantId, ...details, sealedSecret, createdBy })
  await listen(tx, context, id, details)
  await audit(tx, context, { id, action: 'webhook.created', changes: { after: told(details) } })
  return { id, secret }
}

export async function changeWebhook(
  tx: Tx,
  { context, rule }: { context: WebhookContext; rule: AddressRule },
  { id, patch, versions }: { id: string; patch: Patch; versions: readonly number[] | undefined },
): Promise<void> {
  const { hasSecret, version, updatedAt, ...before } = await lockWebhook(tx, id)
  assertUnchanged({ version, updatedAt }, versions)
  const after = sound(
    {
      url: patch.url ?? before.url,
      description: patch.description ?? before.description,
      types: patch.types ?? before.types,
      enabled: patch.enabled ?? before.enabled,
    },
    // What it was sent to is sent to still, even if the rule has changed: then the log of attempts says so.
    patch.url === undefined ? undefined : rule,
  )
  if (after.enabled && !hasSecret)
    throw webhookProblems.problem('webhook-secret-missing', 'It cannot sign what it sends. Nothing was changed.')
  if (JSON.stringify(after) === JSON.stringify(detailsOf(before))) return
  await updateWebhook(tx, id, after)
  await listen(tx, context, id, after)
  await audit(tx, context, { id, action: 'webhook.changed', changes: { before: told(before), after: told(after) } })
}

/** Answers the new secret; the old one signs as well for a day. */
export async function renewSecret(tx: Tx, context: WebhookContext, id: string): Promise<Secret> {
  const before = await lockWebhook(tx, id)
  const secret = newWebhookSecret()
  await replaceSecret(tx, id, context.vault.seal(secret, webhookSecretContext(id)))
  await audit(tx, context, { id, action: 'webhook.secret-renewed', changes: { origin: new URL(before.url).origin } })
  return secret
}

export async function deleteWebhook(
  tx: Tx,
  context: WebhookContext,
  { id, versions }: { id: string; versions: readonly number[] | undefined },
): Promise<void> {
  const before = await lockWebhook(tx, id)
  assertUnchanged(before, versions)
  await unsubscribe(tx, handlerOf(id))
  await removeWebhook(tx, id)
  await audit(tx, context, { id, action: 'webhook.removed', changes: { before: told(before) } })
}

/** Only where to, never the whole URL: its path may be what admits us there. */
const told = ({ url, description, types, enabled }: WebhookDetails): object => ({
  origin: new URL(url).origin,
  description,
  types,
  enabled,
})

const detailsOf = ({ url, description, types, enabled }: WebhookDetails): WebhookDetails => ({
  url,
  description,
  types,
  enabled,
})

/** From this commit on. One that is disabled misses what happens meanwhile. */
async function listen(
  tx: Tx,
  { tenantId }: WebhookContext,
  id: string,
  { types, enabled }: WebhookDetails,
): Promise<void> {
  if (enabled) await subscribe(tx, { name: handlerOf(id), types: types.length === 0 ? ['*'] : types, tenantId })
  else await unsubscribe(tx, handlerOf(id))
}

function sound(details: WebhookDetails, rule: AddressRule | undefined): WebhookDetails {
  const refusal = rule === undefined ? undefined : addressRefusal(details.url, rule)
  if (refusal !== undefined)
    throw webhookProblems.problem('webhook-url-refused', `${refusal} Nothing was changed.`, {
      errors: [{ pointer: '/url', message: refusal }],
    })
  const known = new Set(definedEvents().map(({ type }) => type))
  const errors = details.types.flatMap((type, index) =>
    known.has(type) ? [] : [{ pointer: `/types/${index}`, message: 'is no event here' }],
  )
  if (errors.length > 0)
    throw webhookProblems.problem(
      'event-type-unknown',
      `Allowed are: ${[...known].toSorted().join(', ')}. Nothing was changed.`,
      { errors },
    )
  return { ...details, url: new URL(details.url).href, types: [...new Set(details.types)].toSorted() }
}

const audit = (
  tx: Tx,
  context: WebhookContext,
  { id, action, changes }: { id: string; action: string; changes: object },
): Promise<void> => context.audit(tx, { action, resource: 'webhook', resourceId: id, changes })
