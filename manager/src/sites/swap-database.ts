import { z } from 'zod'
import { defineOperation, type Step, type StepContext } from '@platen/kit/operations'
import { pointSiteBack, pointSiteTo, requireDatabaseBefore } from './former-databases.ts'
import type { SiteState } from './site.ts'
import type { SiteContext, SiteDeps } from './site-deps.ts'
import { probeActive, probeSuspended, publishEverywhere } from './site-steps.ts'
import { setSiteState } from './set-site-state.ts'

/** What a site may be while its database is exchanged, and is again afterwards; one that was broken is active then. */
export const swappedStates = ['active', 'suspended', 'broken'] as const

/** Of a state from which `restore` is allowed. */
export const swappedStateOf = (state: SiteState): SwapInput['stateBefore'] =>
  state === 'suspended' || state === 'broken' ? state : 'active'

export interface SwapInput {
  siteId: string
  stateBefore: (typeof swappedStates)[number]
}

type SwapContext<Input extends SwapInput, Deps extends SiteDeps> = StepContext<Input, Deps>

/**
 * Exchanges the database under a site: nobody is let in for the moment that two publications take, so no process of the bench still
 * writes to the one while another serves the other. What does not answer afterwards is put back.
 */
export function swapSteps<Input extends SwapInput, Deps extends SiteDeps>(
  targetOf: (context: SwapContext<Input, Deps>) => Promise<string> | string,
): Step<Input, Deps>[] {
  return [
    {
      name: 'pause-site',
      run: (context) => becomes(context, 'recovering'),
      undo: (context) => becomes(context, context.input.stateBefore),
    },
    {
      name: 'swap-database',
      run: async (context) => {
        const { siteId } = context.input
        const to = await targetOf(context)
        await publishEverywhere(context, async (tx) => {
          await pointSiteTo(tx, siteId, { to, by: context.operationId })
          await setSiteState(tx, siteId, stateAfter(context.input))
        })
      },
      undo: (context) =>
        publishEverywhere(context, async (tx) => {
          await setSiteState(tx, context.input.siteId, 'recovering')
          await pointSiteBack(tx, context.input.siteId, context.operationId)
        }),
    },
    {
      name: 'probe',
      run: (context) => (stateAfter(context.input) === 'suspended' ? probeSuspended(context) : probeActive(context)),
      undo: 'nothing-to-undo',
      timeoutMs: 30_000,
    },
  ]
}

const stateAfter = ({ stateBefore }: SwapInput): 'active' | 'suspended' =>
  stateBefore === 'suspended' ? 'suspended' : 'active'

const becomes = (context: SiteContext, state: 'recovering' | SwapInput['stateBefore']): Promise<void> =>
  publishEverywhere(context, (tx) => setSiteState(tx, context.input.siteId, state))

const returnInput = z.strictObject({
  siteId: z.uuid(),
  stateBefore: z.enum(swappedStates),
  /** The restore in place that is undone. */
  ofOperationId: z.uuid(),
})
export type ReturnInput = z.infer<typeof returnInput>

/** Undoes a restore in place: the database that it had set aside is the site's again, and the restored one is set aside in its turn. */
export const returnSite = defineOperation<ReturnInput, SiteDeps>({
  type: 'return-site',
  version: 1,
  input: returnInput,
  steps: swapSteps(databaseBefore),
})

async function databaseBefore({ input, write }: StepContext<ReturnInput, SiteDeps>): Promise<string> {
  const former = await write((tx) => requireDatabaseBefore(tx, input.ofOperationId))
  return former.databaseName
}
