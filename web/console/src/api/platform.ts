/** What operators look at and set for the whole platform: the API's answers and the queries that read them. */
import { api } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import type { Answer } from './types.ts'

export type { AlertWebhook, DiagnosisCheck as Check } from '../../../../openapi/manager.ts'
/** The secret is in this answer and in no other. */
export type AddedWebhook = Answer<'POST /alert-webhooks'>

export const diagnosisQuery = queryOptions({
  queryKey: ['diagnosis'],
  queryFn: ({ signal }) => api.get<Answer<'GET /diagnosis'>>('/diagnosis', signal),
  refetchInterval: 30_000,
})

export const alertWebhooksQuery = queryOptions({
  queryKey: ['alert-webhooks'],
  queryFn: ({ signal }) => api.get<Answer<'GET /alert-webhooks'>>('/alert-webhooks', signal),
  refetchInterval: 5000,
})
