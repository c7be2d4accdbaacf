/** An authenticator app for tests, with a clock that the test moves. */
import type { Identity, Visitor } from '../index.ts'
import { hotp, stepAt } from '../second-factor/totp.ts'
import { password, visitor, type Person, type TestIdentity } from './identity.ts'

export interface Device {
  person: Person
  recoveryCodes: string[]
  /** The code of the present step, or of one so many steps away. */
  code(away?: number): string
}

export interface Phones {
  /** On the test's clock. */
  identity: Identity
  clock: { nowMs: number }
  /** Time passes: codes that were used are behind. */
  nextStep(): void
  /** Somebody who has turned a second factor on. */
  withDevice(who?: Visitor): Promise<Device>
}

export function phonesOf(home: TestIdentity): Phones {
  const clock = { nowMs: Date.now() }
  const identity = home.another({ now: () => clock.nowMs })
  const nextStep = (): void => void (clock.nowMs += 30_000)
  return {
    identity,
    clock,
    nextStep,
    async withDevice(who = visitor) {
      const person = await home.aPerson()
      const { accessToken } = await identity.signIn({ email: person.email, password }, who)
      const principal = await identity.authenticate(accessToken)
      if (principal === undefined) throw new Error('the session is over')
      const { secret } = await identity.secondFactor.begin(principal, password, who)
      const code = (away = 0): string => hotp(bytesOf(secret), stepAt(clock.nowMs) + away)
      const recoveryCodes = await identity.secondFactor.confirm(principal, code(), who)
      nextStep()
      return { person, recoveryCodes, code }
    },
  }
}

function bytesOf(base32: string): Buffer {
  const bits = Array.from(base32, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter))
    .map((five) => five.toString(2).padStart(5, '0'))
    .join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}
