/** Where a measured copy begins or ends: an address of tranship.yaml, which peers are told in their own words. */
export interface S3Place {
  readonly vendor: 's3'
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly caFile?: string
}

export interface FolderPlace {
  readonly vendor: 'nas'
  readonly path: string
}

export interface AzblobPlace {
  readonly vendor: 'azblob'
  readonly endpoint: string
  readonly account: string
  readonly accountKey: string
  readonly container: string
}

/** Of a server that asks for no token. */
export interface GcsPlace {
  readonly vendor: 'gcs'
  readonly endpoint: string
  readonly bucket: string
}

export interface SftpPlace {
  readonly vendor: 'sftp'
  readonly host: string
  readonly port: number
  readonly user: string
  readonly privateKeyFile: string
  readonly hostKey: string
  readonly path: string
}

/** What no peer speaks. */
export interface OtherPlace {
  readonly vendor: 'oss'
}

export type Place = S3Place | FolderPlace | AzblobPlace | GcsPlace | SftpPlace | OtherPlace

export const caOf = (place: Place): string | undefined => (place.vendor === 's3' ? place.caFile : undefined)

export interface End {
  /** In tranship.yaml. */
  readonly name: string
  readonly place: Place
  /** Where its files lie on this machine; absent: only its server knows. */
  readonly folder?: string
}
