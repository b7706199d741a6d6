/**
 * The address check: every right is tried by name against the real store. A destination gets a canary object that is written,
 * read back and deleted; a put with a wrong checksum tells whether the store really checks what it is sent.
 */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { addressFault } from '../../storage/address-fault.ts'
import type { Role } from '../../model/address.ts'
import type { Fault } from '../../model/codes.ts'
import { StorageError, isStorageError, type AddressCodes } from '../../storage/error.ts'
import type { CallOptions, Hashes, HashName, Storage } from '../../storage/storage.ts'
import { clearEarlier, newCanary, type Canary } from './canary.ts'

export interface CheckRow {
  readonly name: 'address' | 'bucket' | 'list' | 'read' | 'write' | 'read-back' | 'checksum' | 'delete'
  readonly ok: boolean
  readonly code: string | null
  readonly message: string
}

export interface AddressCheck {
  readonly rows: readonly CheckRow[]
  readonly fault: Fault | null
  readonly proven: readonly HashName[]
}

const canaryBytes = Buffer.from('tranship was here to see whether it may write; this object can be deleted.\n')

export async function checkSource(storage: Storage, options: CallOptions): Promise<AddressCheck> {
  return await runSteps('source', [
    ['list', () => listOne(storage, options)],
    ['bucket', () => lookAtBucket(storage, options)],
    ['read', () => readOne(storage, options)],
  ])
}

export async function checkDestination(storage: Storage, options: CallOptions, canary: Canary = newCanary()): Promise<AddressCheck> {
  const { key } = canary
  await clearEarlier(storage, canary, options)
  let proven: readonly HashName[] = []
  const check = await runSteps('destination', [
    ['list', () => listOne(storage, options)],
    ['bucket', () => lookAtBucket(storage, options)],
    ['write', async () => { await putCanary(storage, key, hashesOf(canaryBytes), options); return 'An object can be written.' }],
    ['read-back', () => readBack(storage, key, options)],
    ['checksum', async () => {
      proven = await provenHashes(storage, key, options)
      return proven.length === 0 ? 'The store does not check hashes that are sent along.' : `The store checks ${proven.join(', ')}.`
    }],
    ['delete', async () => { await storage.delete(key, options); return 'The object was deleted again.' }],
  ])
  if (check.fault !== null) await storage.delete(key, options).catch(() => undefined)
  return { ...check, proven }
}

export async function putCanary(storage: Storage, key: string, hashes: Hashes, options: CallOptions): Promise<void> {
  await storage.put(key, [canaryBytes], { ...options, hashes, metadata: { contentType: 'text/plain', user: {} } })
}

type Step = readonly [CheckRow['name'], () => Promise<string>]

async function runSteps(role: Role, steps: readonly Step[]): Promise<AddressCheck> {
  const rows: CheckRow[] = []
  for (const [name, run] of steps) {
    try {
      rows.push({ name, ok: true, code: null, message: await run() })
    } catch (error) {
      if (!isStorageError(error)) throw error
      const fault = addressFault(error, role)
      rows.push({ name, ok: false, code: fault.code, message: fault.message })
      return { rows, fault, proven: [] }
    }
  }
  return { rows, fault: null, proven: [] }
}

async function listOne(storage: Storage, options: CallOptions): Promise<string> {
  assertPlace(storage)
  const { entries } = await storage.list({ ...options, limit: 1 })
  return entries.length === 0 ? 'The listing can be read; nothing is there yet.' : 'The listing can be read.'
}

const unsupportedChar: AddressCodes = {
  source: 'SourceAddrHasUnsupportedChar',
  destination: 'DestAddrHasUnsupportedChar',
  advice: 'has a prefix or folder that no name there can begin with: correct it',
}

/** A store that holds no name below the address's prefix is not asked. */
function assertPlace({ refuses, info }: Storage): void {
  const fault = info.prefix === '' ? undefined : refuses?.key?.('file')
  if (fault !== undefined) throw new StorageError(fault, { kind: 'key-unsupported', scope: 'address', addressCodes: unsupportedChar })
}

/** The right to ask for a bucket's facts is not needed to migrate: without it there is less to say. */
async function lookAtBucket(storage: Storage, options: CallOptions): Promise<string> {
  if (!storage.facts) return 'There is a folder.'
  try {
    const { region, storageClass, archive } = await storage.facts(options)
    if (archive) throw new StorageError(`The bucket is of the class ${storageClass}.`, { kind: 'archived', scope: 'address' })
    return ['There is a bucket', storageClass && `of the class ${storageClass}`, region && `in ${region}`].filter(Boolean).join(' ')
  } catch (error) {
    if (isStorageError(error, 'archived')) throw error
    return 'There is a bucket; what it is like may not be asked with these credentials.'
  }
}

async function readOne(storage: Storage, options: CallOptions): Promise<string> {
  const page = await storage.list({ ...options, limit: 10 })
  const file = page.entries.find(({ kind = 'file', size }) => kind === 'file' && size > 0)
  if (file === undefined) return 'There was no file to read.'
  try {
    await storage.get(file.key, () => undefined, { ...options, range: { first: 0, last: 0 } })
  } catch (error) {
    if (isStorageError(error, 'not-found') || isStorageError(error, 'archived')) return 'The first file cannot be read; others may.'
    throw error
  }
  return 'A file can be read.'
}

async function readBack(storage: Storage, key: string, options: CallOptions): Promise<string> {
  const chunks: Buffer[] = []
  await storage.get(key, (chunk) => void chunks.push(Buffer.from(chunk)), options)
  const same = Buffer.concat(chunks).equals(canaryBytes)
  return same ? 'What was written came back.' : 'What came back differs from what was written.'
}

async function provenHashes(storage: Storage, key: string, options: CallOptions): Promise<HashName[]> {
  const right = hashesOf(canaryBytes)
  const wrong = hashesOf(Buffer.from(canaryBytes.toString('latin1').toUpperCase()))
  const proven: HashName[] = []
  for (const name of storage.abilities.putHashes) {
    if (right[name] === undefined) continue
    const refused = await isRefused(storage, key, { [name]: wrong[name] }, options)
    if (refused) proven.push(name)
  }
  return proven
}

async function isRefused(storage: Storage, key: string, hashes: Hashes, options: CallOptions): Promise<boolean> {
  try {
    await putCanary(storage, key, hashes, options)
    return false
  } catch (error) {
    if (isStorageError(error, 'checksum')) return true
    if (isStorageError(error, 'invalid')) return false
    throw error
  }
}

const hashesOf = (bytes: Uint8Array): Hashes => ({
  md5: createHash('md5').update(bytes).digest('hex'),
  crc32: crc32(bytes).toString(16).padStart(8, '0'),
})
