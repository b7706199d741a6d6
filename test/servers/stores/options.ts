/** What a test server is started with, and what can be changed while it runs. */
export interface ServerOptions {
  /** Default 0: any free port. */
  readonly port?: number
  /** Folder that keeps the data over restarts and kills; without it everything is in memory. */
  readonly dir?: string
  /** The region that V4 signatures must name. Each dialect has its default. */
  readonly region?: string
  readonly buckets: readonly BucketOptions[]
  readonly keys: readonly AccessKey[]
  /** Own domain names: Host header → bucket. */
  readonly cnames?: Readonly<Record<string, string>>
  /** How long an archive-class object takes to be restored. Default 1,000. */
  readonly restoreDelayMs?: number
  /** The server's clock, for skew and expiry. Default `Date.now`. */
  readonly now?: () => number
}

export interface BucketOptions {
  readonly name: string
  /** Default the vendor's standard class. */
  readonly storageClass?: string
  /** Default the server's. A bucket of another region answers as one that is addressed at the wrong endpoint. */
  readonly region?: string
}

export interface AccessKey {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Temporary credentials: every request must carry exactly this token. */
  readonly securityToken?: string
  /** Temporary credentials end then (milliseconds since 1970). */
  readonly expiresAtMs?: number
  /** Default `all`. A list names the operations that are allowed, e.g. `['GetObject', 'ListObjectsV2']`. */
  readonly rights?: Rights
  /** The key sees only these buckets. Default all. */
  readonly buckets?: readonly string[]
}
export type Rights = 'all' | 'read' | 'write' | 'none' | readonly string[]

export const KiB = 1024
export const MiB = 1024 * KiB
export const GiB = 1024 * MiB
