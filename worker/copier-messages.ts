/** What a host and its copy processes tell each other, after the settings that come first. */
import type { JobAllowance, JobUse } from '../model/flow/pacing.ts'

export type ToCopier = { readonly kind: 'drain' } | { readonly kind: 'allow'; readonly allowed: JobAllowance }

export type FromCopier =
  | { readonly kind: 'ready' }
  /** The process copies for this job from now on, and waits to be told how fast. */
  | { readonly kind: 'begin'; readonly job: string }
  /** All that it copies for. */
  | { readonly kind: 'report'; readonly uses: readonly JobUse[] }

export const reportEveryMs = 1_000
