import { useEffect, useState } from 'react'

/** The clock, ticking while `isLive`; milliseconds since the epoch. */
export function useNow(isLive: boolean, intervalMs = 100): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isLive) return
    const timer = setInterval(() => setNow(Date.now()), intervalMs)
    return () => clearInterval(timer)
  }, [isLive, intervalMs])
  return now
}
