/** What stores say in the same way in their refusals. Pure. */

/** Of a `Retry-After`: seconds, or a date. */
export function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const at = Date.parse(value)
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs)
}

/** Cuts the query, where signatures are, off any URL. */
export function withoutQueries(message: string): string {
  return message.replace(/(https?:\/\/[^\s?"'<>]+)\?[^\s"'<>]*/g, '$1')
}
