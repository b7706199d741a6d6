import { header, type ReceivedHeaders } from './headers.ts'

/** What Retry-After asks for: seconds, or a date. */
export function retryAfterMs(headers: ReceivedHeaders, nowMs: number): number | undefined {
  const value = header(headers, 'retry-after')
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}
