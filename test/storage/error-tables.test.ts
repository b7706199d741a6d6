import { describe, expect, it } from 'vitest'
import { addressCodes, fileErrorCodes } from '../../model/codes.ts'
import { addressFault, isAddressLike } from '../../storage/address-fault.ts'
import { StorageError, storageErrorKinds, type StorageErrorKind } from '../../storage/error.ts'
import { fileError } from '../../storage/file-error.ts'

const error = (kind: StorageErrorKind) => new StorageError('Slow down, please', { kind, code: 'SlowDown', requestId: '5F3A', status: 503 })

describe('the error list', () => {
  it.each<[StorageErrorKind, string, string]>([
    ['not-found', 'SourceGone', 'Unexpected'],
    ['forbidden', 'Forbidden', 'Forbidden'],
    ['expired', 'Forbidden', 'Forbidden'],
    ['precondition', 'SourceChanged', 'DestinationNewer'],
    ['throttled', 'SourceThrottled', 'Network'],
    ['network', 'Network', 'Network'],
    ['premature-end', 'PrematureEnd', 'Network'],
    ['checksum', 'ChecksumMismatch', 'ChecksumMismatch'],
    ['archived', 'Archived', 'Archived'],
    ['too-large', 'TooLarge', 'TooLarge'],
    ['key-unsupported', 'KeyUnsupported', 'KeyUnsupported'],
    ['metadata-unsupported', 'MetadataUnsupported', 'MetadataUnsupported'],
    ['full', 'Unexpected', 'DestinationFull'],
  ])('calls %s %s at the source and %s at the destination', (kind, source, destination) => {
    expect([fileError(error(kind), 'source').code, fileError(error(kind), 'destination').code]).toEqual([source, destination])
  })

  it('has a code and the vendor’s words for every kind', () => {
    for (const kind of storageErrorKinds) {
      const { code, description } = fileError(error(kind), 'source')
      expect(fileErrorCodes).toContain(code)
      expect(description).toMatch(/^[A-Z].*\(source\): SlowDown: Slow down, please \(503, request 5F3A\)$/)
    }
  })
})

describe('an address at fault', () => {
  it('has a code of the contract and a sentence, whatever the kind', () => {
    for (const kind of storageErrorKinds) {
      for (const side of ['source', 'destination'] as const) {
        const fault = addressFault(error(kind), side)
        expect(addressCodes).toContain(fault.code)
        expect(fault.message).toMatch(new RegExp(`^The ${side} .*: .*SlowDown`))
      }
    }
  })

  it('is suspected where every other file would fail alike', () => {
    const suspected = storageErrorKinds.filter((kind) => isAddressLike(error(kind)))
    expect(suspected).not.toContain('not-found')
    expect(suspected).not.toContain('archived')
    expect(suspected).toEqual(expect.arrayContaining(['no-bucket', 'forbidden', 'bad-secret', 'expired', 'network', 'full']))
  })
})
