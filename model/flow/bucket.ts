/**
 * A bucket of tokens, each a byte that may be taken: it fills at the limit and holds what comes in a quarter of a second, so that ten
 * seconds see at most a fortieth more than the limit. Pure steps; the caller has the clock.
 */
import type { Limit } from './limit.ts'

export interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

const burstMs = 250

/** The most that a bucket holds. */
export const burstOf = (limit: Limit): number => ((limit ?? 0) * burstMs) / 1_000

export const emptyBucket = (atMs: number): Bucket => ({ tokens: 0, atMs })

/** What flowed in since, at the limit of now; a lower limit holds less. Without a limit there are no tokens. */
export function refill({ tokens, atMs }: Bucket, limit: Limit, nowMs: number): Bucket {
  const elapsedMs = Math.max(0, nowMs - atMs)
  const inflow = ((limit ?? 0) * elapsedMs) / 1_000
  return { tokens: Math.min(tokens + inflow, burstOf(limit)), atMs: atMs + elapsedMs }
}

/** Whole bytes that can be granted now. */
export const grantable = ({ tokens }: Bucket, bytes: number): number => Math.min(bytes, Math.floor(tokens))

/** Negative bytes are given back. */
export const spend = (bucket: Bucket, bytes: number): Bucket => ({ ...bucket, tokens: bucket.tokens - bytes })

/** When to look again: once `bytes` are there, or half of what the bucket holds, so that a late timer spills nothing. */
export function waitMs({ tokens }: Bucket, bytesPerSecond: number, bytes: number): number {
  const missing = Math.min(bytes, burstOf(bytesPerSecond) / 2) - tokens
  return Math.max(1, Math.ceil((missing * 1_000) / bytesPerSecond))
}
