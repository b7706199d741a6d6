import { PutObjectCommand, S3Client, UploadPartCommand, type S3ClientConfig } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { encodeKey, encodeQuery } from '../../../storage/http/encode.ts'
import { sigV4 } from '../../../storage/drivers/s3/sigv4.ts'
import type { Headers } from '../../../storage/drivers/s3/signing.ts'

interface Sent {
  readonly method: string
  readonly path: string
  readonly query: Record<string, string>
  readonly headers: Headers
}

interface SdkArguments {
  readonly request: Sent
}

/** client-s3 made to sign just what we send: no body hash, none of its own headers. Gives the request instead of sending it. */
async function signedBySdk(act: (client: S3Client) => Promise<unknown>, sessionToken?: string): Promise<Sent> {
  let sent: Sent | undefined
  const requestHandler = {
    handle: async (request: Sent) => {
      sent = request
      return { response: { statusCode: 200, headers: {}, body: undefined } }
    },
  }
  const client = new S3Client({
    region: 'eu-west-1',
    endpoint: 'https://store.example.com',
    forcePathStyle: true,
    credentials: { accessKeyId: 'id', secretAccessKey: 'secret', ...(sessionToken && { sessionToken }) },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    requestHandler: requestHandler as unknown as NonNullable<S3ClientConfig['requestHandler']>,
  })
  const plainHeaders = (next: (args: SdkArguments) => unknown) => (args: SdkArguments) => {
    const { headers } = args.request
    for (const name of Object.keys(headers)) if (/^(amz-sdk-|x-amz-user-agent)/.test(name)) delete headers[name]
    headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD'
    return next(args)
  }
  client.middlewareStack.addRelativeTo(plainHeaders as unknown as Parameters<typeof client.middlewareStack.addRelativeTo>[0], {
    relation: 'before',
    toMiddleware: 'httpSigningMiddleware',
    name: 'plainHeaders',
  })
  await act(client)
  if (sent === undefined) throw new Error('nothing was sent')
  return sent
}

/** Our signature over what the SDK signed. */
function ours({ method, path, query, headers }: Sent): string | undefined {
  const mine: Headers = Object.fromEntries(
    Object.entries(headers).filter(([name]) => /^(host|content-|x-amz-)/.test(name) && !/date|token|sha256/.test(name)),
  )
  const time = headers['x-amz-date'] ?? ''
  const now = Date.parse(time.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'))
  const token = headers['x-amz-security-token']
  sigV4('eu-west-1')(
    { method, path, resource: '', query: encodeQuery(query, '='), headers: mine },
    { accessKeyId: 'id', secret: 'secret', ...(token && { token }) },
    now,
  )
  return mine['authorization']
}

describe('AWS Signature Version 4', () => {
  const bytes = Buffer.from('x')
  const key = 'ü/中 +%&=?#"\'*!()~/../x'

  it('signs an object with metadata as client-s3 does', async () => {
    const sent = await signedBySdk((client) =>
      client.send(
        new PutObjectCommand({
          Bucket: 'bucket',
          Key: key,
          Body: bytes,
          ContentType: 'text/plain',
          ContentMD5: 'nU5DcNWXH1mqNxmyqsO3Rw==',
          Metadata: { a: 'one  two', b: 'three' },
        }),
      ),
    )
    expect(ours(sent)).toBe(sent.headers['authorization'])
  })

  it('writes keys into paths as client-s3 does', async () => {
    const sent = await signedBySdk((client) => client.send(new PutObjectCommand({ Bucket: 'bucket', Key: key, Body: bytes })))
    expect(`/bucket/${encodeKey(key)}`).toBe(sent.path)
  })

  it('signs a part and the token of temporary credentials as client-s3 does', async () => {
    const sent = await signedBySdk(
      (client) =>
        client.send(new UploadPartCommand({ Bucket: 'bucket', Key: 'k', UploadId: 'id+/=', PartNumber: 7, Body: bytes })),
      'token+/=',
    )
    expect(sent.headers['x-amz-security-token']).toBe('token+/=')
    expect(ours(sent)).toBe(sent.headers['authorization'])
  })
})
