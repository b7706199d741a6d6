/** What tranship.yaml may hold, vendor by vendor. */
import { z } from 'zod'
import { addressNamePattern } from '../../model/address.ts'
import { absolutePath, flag, folder, positiveNumber, prefix, secret, text, webAddress } from './fields.ts'

const common = {
  caFile: text
    .optional()
    .meta({ description: 'PEM file of certificates to trust besides the usual ones; relative to this file.' }),
  maxRequestsPerSecond: positiveNumber
    .optional()
    .meta({ description: 'Ceiling of requests a second, for each worker process.' }),
  proxy: webAddress.optional().meta({ description: 'HTTP proxy; else HTTPS_PROXY of the worker.' }),
}

const oss = z
  .strictObject({
    vendor: z.literal('oss'),
    region: text.meta({ description: 'As cn-hangzhou.' }),
    endpoint: webAddress.meta({ description: 'As https://oss-cn-hangzhou.aliyuncs.com.' }),
    bucket: text,
    prefix: prefix.optional(),
    accessKeyId: text,
    accessKeySecret: secret,
    securityToken: secret.optional(),
    cname: flag.optional().meta({ description: 'The endpoint is a domain of your own that is bound to the bucket.' }),
    ...common,
  })
  .meta({ description: 'Alibaba Cloud OSS' })

const s3 = z
  .strictObject({
    vendor: z.literal('s3'),
    region: text,
    endpoint: webAddress.optional().meta({ description: 'For S3-compatible stores; absent: Amazon S3.' }),
    bucket: text,
    prefix: prefix.optional(),
    accessKeyId: text
      .optional()
      .meta({ description: 'With secretAccessKey; both absent: the AWS credential chain of the worker.' }),
    secretAccessKey: secret.optional(),
    sessionToken: secret.optional(),
    pathStyle: flag.optional().meta({ description: 'endpoint/bucket/key instead of bucket.endpoint/key.' }),
    ...common,
  })
  .meta({ description: 'Amazon S3, or anything S3-compatible' })

const nas = z
  .strictObject({
    vendor: z.literal('nas'),
    path: absolutePath.meta({ description: 'Where the share is mounted on the workers, or any folder.' }),
    mountPoint: text.optional().meta({ description: 'The name of the share in reports, as nas-1.example.com.' }),
    folder: folder.optional().meta({ description: 'A folder below the path: must exist.' }),
  })
  .meta({ description: 'A NAS share (NFS, SMB) mounted on the workers, or any folder' })

/** Vendors whose driver exists. */
export const addressSchemas = { oss, s3, nas } as const
export type ConfiguredVendor = keyof typeof addressSchemas
export const isConfigured = (vendor: string): vendor is ConfiguredVendor => Object.hasOwn(addressSchemas, vendor)

/** The whole file. Only the JSON Schema is made of it: reading goes address by address, so that one fault breaks one address. */
export const fileSchema = z
  .strictObject({
    addresses: z.record(z.string().regex(addressNamePattern), z.discriminatedUnion('vendor', [oss, s3, nas])),
  })
  .meta({
    title: 'tranship.yaml',
    description: 'Data addresses of tranship. ${NAME} anywhere in a value stands for an environment variable.',
  })

export type AddressFields = z.output<typeof oss> | z.output<typeof s3> | z.output<typeof nas>

const secretFields: ReadonlySet<string> = new Set(['accessKeySecret', 'securityToken', 'secretAccessKey', 'sessionToken'])
export const isSecretField = (field: string): boolean => secretFields.has(field)
