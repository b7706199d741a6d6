import { createHash } from 'node:crypto'
import { StorageError } from '../../error.ts'

/** A server's public key, as a person knows it. */
export interface SeenKey {
  /** `ssh-ed25519` … */
  readonly type: string
  readonly fingerprint: string
}

/** `blob` is the key as SSH sends it. */
export function seenKey(blob: Buffer): SeenKey {
  const length = blob.readUInt32BE(0)
  const digest = createHash('sha256').update(blob).digest('base64').replace(/=+$/, '')
  return { type: blob.toString('latin1', 4, 4 + length), fingerprint: `SHA256:${digest}` }
}

/** Never retried: another server answers, or the address has yet to say which one it means. */
export function hostKeyFault({ type, fingerprint }: SeenKey, expected: string | undefined, endpoint: string): StorageError {
  const shown = `${endpoint} showed the host key ${fingerprint} (${type})`
  const message = expected === undefined ? `${shown}, and the address names none.` : `${shown}, and the address names ${expected}.`
  return new StorageError(message, { kind: 'bad-secret', scope: 'address', retryable: false, code: 'HostKey', addressCodes: { ...codes, advice: adviceFor(expected, fingerprint) } })
}

const codes = { source: 'SourceAddrHostKeyInvalid', destination: 'DestAddrHostKeyInvalid' } as const

function adviceFor(expected: string | undefined, fingerprint: string): string {
  const compare = 'compare what it showed with what "ssh-keygen -lf" says of its /etc/ssh/ssh_host_*_key.pub'
  if (expected === undefined) return `has no hostKey: ${compare}, then write hostKey: ${fingerprint}`
  return `is not the server that its hostKey names, or another key of it: ${compare}, and correct hostKey only if they agree`
}
