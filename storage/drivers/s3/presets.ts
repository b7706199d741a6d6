/**
 * S3-compatible stores that people use, as data: where they differ from Amazon S3. What a store's documentation does not
 * promise is taken for missing, which costs a look before a write, never a wrong one.
 */
import type { Dialect } from './dialect.ts'

export interface Preset {
  /** `{region}` is filled in. Absent: the address must have an endpoint. */
  readonly endpoint?: string
  /** Absent: the address must have a region. */
  readonly region?: string
  readonly pathStyle: boolean
  readonly listing?: Partial<Dialect<never>['listing']>
  readonly limits?: Partial<Dialect<never>['limits']>
  /** `if-none-match: *` and `if-match` on PUT and Complete. */
  readonly conditionalPut: boolean
  /** `x-amz-checksum-…` of bodies, and a checksum of the whole object with Create. */
  readonly checksums: boolean
}

const GiB = 2 ** 30
const MiB = 2 ** 20

/** Old gateways take `encoding-type` badly: markers no longer move. */
const plainV1 = { version: 1, urlEncoding: false } as const

const table = {
  minio: { region: 'us-east-1', pathStyle: true, conditionalPut: true, checksums: true },
  /** Whole-object CRC-32 is not among the checksums it has; parts must be of one size, as ours are. */
  r2: { region: 'auto', pathStyle: true, conditionalPut: true, checksums: false, limits: { maxObjectBytes: 4.995 * 1024 * GiB } },
  b2: { endpoint: 'https://s3.{region}.backblazeb2.com', pathStyle: false, conditionalPut: false, checksums: false },
  wasabi: { endpoint: 'https://s3.{region}.wasabisys.com', region: 'us-east-1', pathStyle: false, conditionalPut: false, checksums: false },
  ceph: { region: 'default', pathStyle: true, conditionalPut: false, checksums: false, listing: plainV1 },
  /** Signed as S3 it takes and gives `x-amz-` headers beside its own `x-obs-`. */
  obs: {
    endpoint: 'https://obs.{region}.myhuaweicloud.com',
    pathStyle: false,
    conditionalPut: false,
    checksums: false,
    listing: plainV1,
    limits: { minPartBytes: 5 * MiB },
  },
  /** Only virtual hosts, and only at its S3 endpoints. */
  tos: { endpoint: 'https://tos-s3-{region}.volces.com', pathStyle: false, conditionalPut: false, checksums: false },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof table
export const presets: Readonly<Record<PresetName, Preset>> = table
export const presetNames = Object.keys(table) as PresetName[]

interface Chosen {
  readonly preset?: PresetName
  readonly region?: string
  readonly endpoint?: string
}

/** What an address must have that its preset does not know. */
export function presetFault({ preset, region, endpoint }: Chosen): string | undefined {
  const { region: usualRegion, endpoint: usualEndpoint } = preset ? presets[preset] : ({} as Partial<Preset>)
  if (region === undefined && usualRegion === undefined) return 'region is missing.'
  if (preset && endpoint === undefined && usualEndpoint === undefined) return `endpoint is missing: the preset ${preset} has none.`
  return undefined
}

/** The dialect as the preset's store speaks it. */
export function withPreset<A>(dialect: Dialect<A>, name: PresetName | undefined): Dialect<A> {
  if (name === undefined) return dialect
  const { listing, limits, conditionalPut, checksums } = presets[name]
  const adapted = { ...dialect, listing: { ...dialect.listing, ...listing }, limits: { ...dialect.limits, ...limits } }
  return withoutChecksums(withoutConditions(adapted, conditionalPut), checksums)
}

function withoutConditions<A>(dialect: Dialect<A>, has: boolean): Dialect<A> {
  if (has) return dialect
  return {
    ...dialect,
    abilities: { ...dialect.abilities, conditionalPut: false },
    writes: { ...dialect.writes, ifAbsent: 'look', ifMatch: false },
  }
}

function withoutChecksums<A>(dialect: Dialect<A>, has: boolean): Dialect<A> {
  if (has) return dialect
  const { partHash: _partHash, ...hashes } = dialect.hashes
  return {
    ...dialect,
    abilities: { ...dialect.abilities, putHashes: ['md5'] },
    reads: { ...dialect.reads, headers: {} },
    writes: { ...dialect.writes, uploadChecksum: {} },
    hashes: { ...hashes, toHeaders: ({ md5 }) => dialect.hashes.toHeaders(md5 === undefined ? {} : { md5 }) },
  }
}
