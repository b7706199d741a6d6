/** Google's hosts behind a proxy: a token endpoint that proves assertions, and Cloud Storage that wants its tokens. TLS is real. */
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer as createHttp, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { send } from '../../servers/gcs/answer.ts'
import { faults } from '../../servers/gcs/faults.ts'
import { startGcsServer } from '../../servers/gcs/server.ts'

export interface Google {
  readonly proxy: string
  readonly caFile: string
  /** A key file's text, for a service account that is known here. */
  readonly keyFile: string
  /** Hosts that connections were asked for. */
  readonly hosts: readonly string[]
  readonly tokensGiven: number
  /** Of the tokens to come. */
  tokenSeconds: number
  /** The service account was deleted, or its key. */
  revoked: boolean
  close(): Promise<void>
}

export const caFile = join(import.meta.dirname, 'googleapis-cert.pem')

export async function startGoogle(bucket: string): Promise<Google> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const privatePem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const state = { tokensGiven: 0, tokenSeconds: 3600, revoked: false }
  const isCurrent = (authorization?: string) => authorization === `Bearer test-token-${state.tokensGiven}`
  const storage = await startGcsServer({ buckets: [bucket], refuse: (authorization) => (isCurrent(authorization) ? undefined : faults.badToken) })

  const giveToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const assertion = new URLSearchParams(await text(request)).get('assertion') ?? ''
    const [signed, signature = ''] = [assertion.slice(0, assertion.lastIndexOf('.')), assertion.split('.')[2]]
    const isOurs = !state.revoked && verify('RSA-SHA256', Buffer.from(signed), createPublicKey(privatePem), Buffer.from(signature, 'base64url'))
    const headers = { 'content-type': 'application/json' }
    if (!isOurs) return send(response, 400, headers, '{"error":"invalid_grant","error_description":"Invalid JWT Signature."}')
    state.tokensGiven++
    send(response, 200, headers, JSON.stringify({ access_token: `test-token-${state.tokensGiven}`, expires_in: state.tokenSeconds, token_type: 'Bearer' }))
  }
  const tls = { key: readFileSync(join(import.meta.dirname, 'googleapis-key.pem')), cert: readFileSync(caFile) }
  const hosts: string[] = []
  const https = createHttps(tls, (request, response) => {
    if (request.headers.host === 'oauth2.googleapis.com') void giveToken(request, response)
    else storage.listener(request, response)
  })
  const httpsPort = await listen(https)
  const proxy = createHttp().on('connect', (request, socket) => {
    hosts.push(request.url ?? '')
    const upstream = connect(httpsPort, '127.0.0.1', () => socket.write('HTTP/1.1 200 OK\r\n\r\n'))
    socket.on('error', () => upstream.destroy()).pipe(upstream).on('error', () => socket.destroy()).pipe(socket)
  })
  const proxyPort = await listen(proxy)
  const key = { type: 'service_account', project_id: 'project', client_email: 'copier@project.iam.gserviceaccount.com', private_key: privatePem, private_key_id: 'k1' }
  return Object.assign(state, {
    proxy: `http://127.0.0.1:${proxyPort}`,
    caFile,
    keyFile: JSON.stringify(key),
    hosts,
    close: async () => {
      https.closeAllConnections()
      https.close()
      proxy.close()
      await storage.close()
    },
  })
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
