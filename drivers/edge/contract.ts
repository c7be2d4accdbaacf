/**
 * What an edge is: a consumer of the snapshot `edge` that terminates TLS for its routes. There is no interface to call. A vendor
 * follows the snapshot, acknowledges what is in effect, and keeps these promises:
 *
 * - **Identity** The certificate is chosen by SNI. The Host must equal the SNI, else 421; an unknown host gets 421; a name without a
 *   certificate gets no handshake. Only the console is also reached by IP address, without SNI.
 * - **State** `active` is passed on. `suspended` answers 503 with `platen-site-state: suspended`, `starting` 503 with a page that
 *   reloads. Websockets and event streams of a site that is no longer active are ended when the snapshot is applied.
 * - **Headers** Whatever a client says in `Forwarded`, `X-Forwarded-*`, `X-Real-IP` is dropped; `X-Forwarded-For`, `-Proto`, `-Host`
 *   are set by the edge. Upstreams may believe them, nobody else can reach their sockets.
 * - **Static stability** It starts from its last snapshot; the manager's absence shows on the console's host only.
 * - **Change** Applying a snapshot drops no connection of a site that stays active.
 * - **Honesty** An answer that broke off upstream is broken off downstream. A request is sent to a second socket only when nothing of
 *   it reached the first.
 */
export { edgeSnapshotSchema, type EdgeSnapshot } from '../snapshots/index.ts'
