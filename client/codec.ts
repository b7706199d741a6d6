/**
 * Encrypts what Temporal keeps of jobs (inputs, results, memos, heartbeats, messages) where TRANSHIP_CODEC_KEYS is set, by AES-256-GCM. The
 * first key encrypts, all decrypt: a key is replaced by putting another before it. What is not encrypted is read as it is, so this can be
 * switched on while jobs run.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto'
import type { Payload, PayloadCodec } from '@temporalio/common'
import { TranshipError } from './errors.ts'

export const codecKeysVariable = 'TRANSHIP_CODEC_KEYS'
const cipher = 'aes-256-gcm'
const encoding = Buffer.from('binary/encrypted')
const cipherName = Buffer.from('tranship-aes-256-gcm')
const keyBytes = 32
const nonceBytes = 12
const tagBytes = 16

type Keys = ReadonlyMap<string, KeyObject>

type Environment = Readonly<Record<string, string | undefined>>

export const hasCodecKeys = (env: Environment): boolean => (env[codecKeysVariable] ?? '') !== ''

/** Without keys it encrypts nothing, and says of what is encrypted that a key is missing. Fails `InvalidParameters`; no key is ever quoted. */
export function payloadCodec(env: Environment): PayloadCodec {
  return createCodec(hasCodecKeys(env) ? parseKeys(env[codecKeysVariable] ?? '') : new Map())
}

/** `id:base64,id:base64`. */
function parseKeys(text: string): Keys {
  const pairs = text.split(',').map((pair) => /^\s*([\w.-]{1,64}):([A-Za-z0-9+/]+=*)\s*$/.exec(pair) ?? [])
  const keys = new Map(pairs.map(([, id = '', key = '']) => [id, Buffer.from(key, 'base64')]))
  if (keys.size === pairs.length && [...keys.values()].every(({ length }) => length === keyBytes))
    return new Map([...keys].map(([id, key]) => [id, createSecretKey(key)]))
  throw new TranshipError('InvalidParameters', `${codecKeysVariable} must hold keys as ID:KEY, separated by commas, each KEY ${keyBytes} bytes in base64 and each ID once.`, '"openssl rand -base64 32" makes one.')
}

function createCodec(keys: Keys): PayloadCodec {
  const [first] = keys
  return {
    encode: (payloads) => Promise.resolve(first === undefined ? payloads : payloads.map((payload) => encrypt(payload, ...first))),
    decode: async (payloads) => await Promise.all(payloads.map(async (payload) => (isEncrypted(payload) ? decrypt(payload, keys) : payload))),
  }
}

const isEncrypted = ({ metadata }: Payload): boolean => {
  const named = metadata?.['encryption-cipher']
  return named !== undefined && cipherName.equals(named)
}

function encrypt(payload: Payload, id: string, key: KeyObject): Payload {
  const nonce = randomBytes(nonceBytes)
  const sealing = createCipheriv(cipher, key, nonce).setAAD(Buffer.from(id))
  const sealed = [sealing.update(toBytes(payload)), sealing.final()]
  return {
    metadata: { encoding, 'encryption-cipher': cipherName, 'encryption-key-id': Buffer.from(id) },
    data: Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]),
  }
}

function decrypt({ metadata, data }: Payload, keys: Keys): Payload {
  const id = Buffer.from(metadata?.['encryption-key-id'] ?? []).toString()
  const key = keys.get(id)
  if (key === undefined) throw new TranshipError('InvalidParameters', `A payload is encrypted with the key "${id}", which ${codecKeysVariable} does not hold.`)
  const bytes = Buffer.from(data ?? [])
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(id)).setAuthTag(bytes.subarray(-tagBytes))
  return fromBytes(Buffer.concat([opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()]))
}

/** How long the metadata is, the metadata, the data. */
function toBytes({ metadata, data }: Payload): Buffer {
  const names = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')])
  const head = Buffer.from(JSON.stringify(Object.fromEntries(names)))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, data ?? new Uint8Array()])
}

function fromBytes(bytes: Buffer): Payload {
  const start = 4 + bytes.readUInt32BE(0)
  const names = JSON.parse(bytes.toString('utf8', 4, start)) as Record<string, string>
  return { metadata: Object.fromEntries(Object.entries(names).map(([name, value]) => [name, Buffer.from(value, 'base64')])), data: bytes.subarray(start) }
}
