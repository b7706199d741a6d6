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

/** What no peer speaks. */
export interface OtherPlace {
  readonly vendor: 'oss'
}

export type Place = S3Place | FolderPlace | OtherPlace

export interface End {
  /** In tranship.yaml. */
  readonly name: string
  readonly place: Place
  /** Where its bucket lies on this machine; absent: in the memory of its server. */
  readonly folder?: string
}
