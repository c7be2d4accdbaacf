import { defineProblems } from './registry.ts'

/** The problems every API shares; a feature adds its own table and never repeats these. */
export const kitProblems = defineProblems('kit', {
  'malformed-request': {
    status: 400,
    title: 'Malformed request',
    user: 'Reload the page and try again; if you wrote the client, send well-formed HTTP and JSON as the detail says.',
    operator: 'Nothing, unless many clients report it: then look for a proxy that rewrites requests.',
  },
  'list-query-invalid': {
    status: 400,
    title: 'Query that this list does not take',
    user: 'Correct each place listed under errors; allowed names the filters, operators and sort fields of this list.',
    operator: 'Nothing; it is a mistake in the client.',
  },
  'credentials-missing': {
    status: 401,
    title: 'Not signed in',
    user: 'Sign in again; an API client sends a current access token in the Authorization header.',
    operator: 'Nothing. Many at once after a restart point to signing keys that were lost: check the data directory.',
  },
  forbidden: {
    status: 403,
    title: 'Not allowed',
    user: 'Ask an administrator of your organisation for the permission named in the detail.',
    operator: 'Nothing; roles are given by the organisation itself.',
  },
  'origin-refused': {
    status: 403,
    title: 'Request from another origin',
    user: 'Open the application at its own address and try again; an API client sends an Origin header equal to that address.',
    operator: 'Check that whatever stands in front of the edge keeps the Host and Origin headers unchanged.',
  },
  'not-found': {
    status: 404,
    title: 'Not found',
    user: 'Check the address: the thing does not exist, was removed, or is not yours to see.',
    operator: 'Nothing. Another organisation’s things are answered in this way on purpose.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'Method not allowed',
    user: 'Use one of the methods of the Allow header.',
    operator: 'Nothing.',
  },
  'request-timeout': {
    status: 408,
    title: 'Request took too long to arrive',
    user: 'Try again; on a slow connection send less at a time.',
    operator:
      'Many at once are a slow network or somebody holding connections open: see the request log by client address.',
    retryable: true,
  },
  conflict: {
    status: 409,
    title: 'Conflict with the current state',
    user: 'Reload, look at the current state, and decide again.',
    operator: 'Nothing.',
  },
  'idempotency-key-in-use': {
    status: 409,
    title: 'The same request is still running',
    user: 'Wait for the first request with this Idempotency-Key to end, then send it again to read its answer.',
    operator: 'Nothing, unless it lasts: then look for the request that never ended.',
    retryable: true,
  },
  'version-stale': {
    status: 412,
    title: 'Changed by somebody else',
    user: 'Reload to see the other change, then make yours again.',
    operator: 'Nothing.',
  },
  'too-large': {
    status: 413,
    title: 'Request too large',
    user: 'Send less; the detail names the limit.',
    operator: 'Nothing; limits are per route and in the API documents.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'Unsupported content type',
    user: 'Send the content type that the route documents, uncompressed.',
    operator: 'Nothing.',
  },
  'misdirected-request': {
    status: 421,
    title: 'Nobody lives at this host',
    user: 'Check the address you typed.',
    operator: 'Check that the host belongs to a site and that DNS for it should lead here.',
  },
  'request-invalid': {
    status: 422,
    title: 'Request refused by its rules',
    user: 'Correct each place listed under errors.',
    operator: 'Nothing.',
  },
  'idempotency-key-reused': {
    status: 422,
    title: 'Idempotency-Key used for another request',
    user: 'Use a new Idempotency-Key for a different request.',
    operator: 'Nothing; it is a mistake in the client.',
  },
  'rate-limited': {
    status: 429,
    title: 'Too many requests',
    user: 'Wait for the number of seconds in the Retry-After header.',
    operator: 'If honest users see it, look at the request log for who uses up the allowance.',
    retryable: true,
  },
  'headers-too-large': {
    status: 431,
    title: 'Request headers too large',
    user: 'Clear the cookies of this site and try again.',
    operator: 'Nothing, unless many see it: then look for a proxy that adds headers.',
  },
  'client-left': {
    status: 499,
    title: 'The client went away',
    user: 'Send the request again; nobody was there to read this answer.',
    operator: 'Nothing. The client closed its connection before its request had arrived; logged at level debug only.',
  },
  internal: {
    status: 500,
    title: 'Our mistake',
    user: 'Try again in a minute; if it stays, give your operator the request id.',
    operator: 'Find the request id in the logs: the whole cause chain is there, once. Report it as a bug.',
  },
  'dependency-unavailable': {
    status: 503,
    title: 'A part of the platform is not available',
    user: 'Try again in a minute.',
    operator: 'See /ready and the status page: they name the part that does not answer.',
    retryable: true,
  },
  'shutting-down': {
    status: 503,
    title: 'Restarting',
    user: 'Try again in a few seconds.',
    operator: 'Nothing; the process was asked to stop and finishes what it had begun.',
    retryable: true,
  },
})
