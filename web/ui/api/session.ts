export type SessionStatus = 'unknown' | 'anonymous' | 'signed-in'

export interface TokenAnswer {
  accessToken: string
  expiresInSeconds: number
}

/**
 * Who is signed in, in this tab. The access token lives in memory only; what survives a reload is the refresh cookie, which
 * scripts cannot read. The cookie rotates and a reused one ends the session, so renewals are single flight within the tab and,
 * by a web lock, one after the other across tabs.
 */
export class Session {
  readonly #renew: () => Promise<TokenAnswer | null>
  readonly #listeners = new Set<() => void>()
  readonly #channel: BroadcastChannel | null
  #token: string | null = null
  #status: SessionStatus = 'unknown'
  #renewing: Promise<boolean> | null = null

  /** @param renew asks for a token by cookie; null means the cookie is no good, throwing means nobody answered. */
  constructor(renew: () => Promise<TokenAnswer | null>, channelName: string | null = null) {
    this.#renew = renew
    this.#channel = channelName === null ? null : new BroadcastChannel(channelName)
    this.#channel?.addEventListener('message', () => this.#set(null))
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly status = (): SessionStatus => this.#status

  get token(): string | null {
    return this.#token
  }

  /** Resolves once it is known whether somebody is signed in. */
  async ready(): Promise<SessionStatus> {
    if (this.#status === 'unknown') await this.refresh()
    return this.#status
  }

  adopt(answer: TokenAnswer): void {
    this.#set(answer.accessToken)
  }

  /** True when a fresh token is there. Callers at the same time share one request. */
  refresh(): Promise<boolean> {
    this.#renewing ??= this.#refreshOnce().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  /** Forgets the token here and in the other tabs. */
  end(): void {
    this.#set(null)
    this.#channel?.postMessage('ended')
  }

  async #refreshOnce(): Promise<boolean> {
    const answer = await withLock('platen-refresh', this.#renew)
    this.#set(answer?.accessToken ?? null)
    return answer !== null
  }

  #set(token: string | null): void {
    this.#token = token
    this.#status = token === null ? 'anonymous' : 'signed-in'
    for (const listener of this.#listeners) listener()
  }
}

function withLock<T>(name: string, work: () => Promise<T>): Promise<T> {
  // Absent outside secure contexts and in tests on older engines; the tab's own single flight still holds.
  if (typeof navigator === 'undefined' || !('locks' in navigator)) return work()
  return navigator.locks.request(name, work)
}
