/** What is measured, as data. */
export interface Workload {
  readonly name: string
  readonly title: string
  readonly files: number
  /** Of each file; absent: those of this checkout's node_modules, the first `files` of them. */
  readonly bytes?: number
  /** What the destination holds before: nothing, the same, or the same before every tenth object was changed. */
  readonly holds: 'nothing' | 'the same' | 'most'
  readonly from: 'source' | 'folder' | 'tls'
  readonly to: 'destination' | 'folder' | 'oss' | 'azblob' | 'gcs' | 'sftp'
}

const KiB = 1024
const MiB = 1024 * KiB
const between = { holds: 'nothing', from: 'source', to: 'destination' } as const

export const workloads: readonly Workload[] = [
  { ...between, name: 'small', title: '4 KiB × 60,000', files: 60_000, bytes: 4 * KiB },
  { ...between, name: 'medium', title: '64 KiB × 10,000', files: 10_000, bytes: 64 * KiB },
  { ...between, name: 'large', title: '256 MiB × 4', files: 4, bytes: 256 * MiB },
  { ...between, name: 'huge', title: 'one of 5 GiB', files: 1, bytes: 5 * 1024 * MiB },
  { ...between, name: 'mixed', title: 'a node_modules', files: 20_000 },
  { ...between, name: 'again', title: 'nothing to do, 20,000', files: 20_000, bytes: 4 * KiB, holds: 'the same' },
  { ...between, name: 'again-many', title: 'nothing to do, 200,000', files: 200_000, bytes: 64, holds: 'the same' },
  { ...between, name: 'changed', title: '10 % of 20,000 changed', files: 20_000, bytes: 4 * KiB, holds: 'most' },
  { ...between, name: 'folder', title: 'NAS to S3, 4 KiB × 20,000', files: 20_000, bytes: 4 * KiB, from: 'folder' },
  { ...between, name: 'nas', title: 'S3 to NAS, 4 KiB × 20,000', files: 20_000, bytes: 4 * KiB, to: 'folder' },
  { ...between, name: 'sftp', title: 'S3 to SFTP, 4 KiB × 5,000', files: 5_000, bytes: 4 * KiB, to: 'sftp' },
  { ...between, name: 'sftp-large', title: 'S3 to SFTP, one of 1 GiB', files: 1, bytes: 1024 * MiB, to: 'sftp' },
  { ...between, name: 'azblob', title: 'S3 to Azure Blob, 4 KiB × 10,000', files: 10_000, bytes: 4 * KiB, to: 'azblob' },
  { ...between, name: 'gcs', title: 'S3 to Cloud Storage, 4 KiB × 10,000', files: 10_000, bytes: 4 * KiB, to: 'gcs' },
  { ...between, name: 'oss', title: 'S3 to OSS, 4 KiB × 20,000', files: 20_000, bytes: 4 * KiB, to: 'oss' },
  { ...between, name: 'tls', title: 'TLS at the source, 4 KiB × 20,000', files: 20_000, bytes: 4 * KiB, from: 'tls' },
]

const fewFiles = 100
const leastFiles = 200

/** Many files become fewer, few files smaller. */
export function scaled(workload: Workload, scale: number): Workload {
  const { files, bytes, title } = workload
  if (scale === 1) return workload
  const named = { ...workload, title: `${title}, scaled by ${scale}` }
  if (files > fewFiles || bytes === undefined) return { ...named, files: Math.max(leastFiles, Math.round(files * scale)) }
  return { ...named, bytes: Math.max(MiB, Math.round((bytes * scale) / MiB) * MiB) }
}

/** A file as large as this is measured in bytes, not in files. */
export const isLarge = ({ bytes = 0 }: Workload): boolean => bytes >= MiB
