/** A file of one piece: one whole GET, one PUT, no HEAD. One GET is one version by itself, whatever the listing said. */
import type { Entry, Outcome } from '../ledger/entry.ts'
import type { ObjectInfo, PutOptions } from '../storage/storage.ts'
import { conditionsFor, type Engine, type Expected } from './engine.ts'
import { atDestination, CopyFault, isCopyFault } from './fault.ts'
import { fetchWhole } from './fetch.ts'
import { compareHashes } from './hashing.ts'
import { completed, skipped } from './outcome.ts'
import type { Piece } from './piece-pool.ts'
import { readBack } from './read-back.ts'
import { sendStored, toStored } from './stored.ts'
import { tryPiece } from './try-piece.ts'
import { isFolder, overFound, verifyPut, whenTaken, type Sent } from './verify.ts'
import { withPiece, type MaybePaced } from './with-piece.ts'

/** The object is larger than listed: nothing was stored. */
export interface Grown {
  readonly kind: 'grown'
  readonly info: ObjectInfo
}

export async function copyWhole(engine: Engine, entry: Entry, expected: Expected): Promise<Outcome | Grown> {
  let relied = expected
  return await tryPiece(engine, entry.key, async () => {
    try {
      return await withPiece(engine, entry.size, (piece, paced) => passOn(engine, entry, relied, piece, paced))
    } catch (error) {
      if (isCopyFault(error, 'ChecksumMismatch') && relied !== undefined) relied = null
      throw error
    }
  })
}

async function passOn(engine: Engine, entry: Entry, expected: Expected, piece: Piece, paced: MaybePaced): Promise<Outcome | Grown> {
  const fetched = await fetchWhole(engine, entry.key, piece, paced)
  if (fetched.kind === 'grown') return fetched
  const { info } = fetched
  const hashes = engine.hash(piece.body, engine.hashes.whole)
  if (compareHashes(info.hashes, hashes) === 'different') throw readOtherBytes()
  return await store(engine, entry, expected, piece, info, { key: entry.key, size: piece.length, hashes })
}

const readOtherBytes = (): CopyFault =>
  new CopyFault('ChecksumMismatch', 'The bytes read do not have the checksum that the source states.', 'source')

async function store(engine: Engine, entry: Entry, expected: Expected, piece: Piece, info: ObjectInfo, sent: Sent): Promise<Outcome> {
  const stored = await toStored(engine, entry.key, { ...info, storageClass: info.storageClass ?? entry.storageClass })
  const conditions = isFolder(sent) ? {} : conditionsFor(expected)
  return await sendStored(engine, stored, ({ dropped, ...described }) => {
    const conclude = (verified: boolean): Outcome =>
      completed(entry.key, info, { crc64: sent.hashes.crc64 ?? '', completedAt: engine.now(), verified, dropped })
    const options = { ...described, ...conditions, hashes: sent.hashes, signal: engine.signal }
    return putPiece(engine, entry, piece, sent, options, conclude)
  })
}

type Conclude = (verified: boolean) => Outcome

async function putPiece(engine: Engine, entry: Entry, { body }: Piece, sent: Sent, options: PutOptions, conclude: Conclude): Promise<Outcome> {
  try {
    const result = await atDestination(engine.destination.put(entry.key, body, options))
    return conclude(await verifyPut(engine, sent, result))
  } catch (error) {
    if (!isCopyFault(error) || error.storage?.kind !== 'precondition') throw error
    const hashes = { ...sent.hashes, ...engine.hash(body, ['md5']) }
    const found = await whenTaken(engine, entry, { ...sent, hashes })
    if (found === 'ours') {
      await readBack(engine, sent)
      return conclude(true)
    }
    if (typeof found === 'string') return skipped(entry, found)
    const result = await atDestination(engine.destination.put(entry.key, body, overFound(found, options)))
    return conclude(await verifyPut(engine, sent, result))
  }
}
