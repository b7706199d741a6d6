/** The S3 family's data addresses, as tranship.yaml holds them once validated. */
interface FamilyAddress {
  readonly region: string
  readonly bucket: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
  /** PEM file of the authorities that sign the endpoint's certificate. */
  readonly caFile?: string
  /** URL of an HTTP proxy; else HTTPS_PROXY, HTTP_PROXY and NO_PROXY count. */
  readonly proxy?: string
}

export interface S3Address extends FamilyAddress {
  readonly vendor: 's3'
  /** `https://host[:port]`; else Amazon's own for the region. */
  readonly endpoint?: string
  /** Without keys the AWS credential chain is asked. */
  readonly accessKeyId?: string
  readonly secretAccessKey?: string
  readonly sessionToken?: string
  /** Default: true where `endpoint` is an IP address or localhost, or the bucket's name has dots. */
  readonly pathStyle?: boolean
}

export interface OssAddress extends FamilyAddress {
  readonly vendor: 'oss'
  readonly endpoint: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  /** `endpoint` is a domain of one's own that is bound to the bucket. */
  readonly cname?: boolean
}
