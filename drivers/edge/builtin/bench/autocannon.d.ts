/** The part of autocannon (no types of its own) that bench.ts uses. */
declare module 'autocannon' {
  export interface Result {
    requests: { average: number; total: number }
    latency: { p50: number; p99: number }
    throughput: { average: number }
    errors: number
    non2xx: number
  }
  export default function autocannon(options: { url: string; connections: number; duration: number }): Promise<Result>
}
