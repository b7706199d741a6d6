/**
 * The memory of a process that does nothing but list one folder, with many files against a tenth of them. A NAS and SFTP have
 * real files and OpenSSH's server, a list of URLs its real rows; of the object stores it is listings alone that are answered.
 */
import { execFile } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { ResolvedAddress } from '../../storage/open.ts'
import type { ConfiguredVendor } from '../../storage/vendors.ts'
import { temporaryFolder } from '../../test/support/processes.ts'
import { startSshd, type Sshd } from '../../test/support/sshd.ts'
import { nameOf, startListingStub } from './listing-stub.ts'
import type { Figure } from './table.ts'

const MiB = 1024 ** 2
const promised = 1.2
const child = join(import.meta.dirname, 'list-child.ts')
/** Garbage is collected when the heap is full: a small one shows what is held, and not how much of it may lie about. */
const smallHeap = ['--max-semi-space-size=1', '--max-old-space-size=48']

type Addresses = Readonly<Record<ConfiguredVendor, ResolvedAddress>>

/** All hold so many files. */
function addressesOf(origin: string, folder: string, list: string, sshd: Sshd): Addresses {
  const place = { endpoint: origin, region: 'here-1', bucket: 'photos' }
  const pair = { accessKey: 'id', secretKey: 'secret' }
  return {
    oss: { vendor: 'oss', ...place, accessKeyId: 'id', accessKeySecret: 'secret' },
    s3: { vendor: 's3', ...place, accessKeyId: 'id', secretAccessKey: 'secret', pathStyle: true },
    azblob: { vendor: 'azblob', endpoint: `${origin}/me`, account: 'me', accountKey: 'bWU=', container: 'photos' },
    gcs: { vendor: 'gcs', endpoint: origin, bucket: 'photos' },
    cos: { vendor: 'cos', ...place, bucket: 'photos-1250000000', secretId: 'id', secretKey: 'secret' },
    kodo: { vendor: 'kodo', ...place, ...pair },
    bos: { vendor: 'bos', ...place, ...pair },
    ks3: { vendor: 'ks3', ...place, ...pair },
    uss: { vendor: 'uss', domain: origin, service: 'photos', operator: 'me', password: 'mine' },
    nas: { vendor: 'nas', path: folder },
    sftp: sshd.address(folder),
    http: { vendor: 'http', list },
  }
}

async function peaksOf(files: number, say: (line: string) => void): Promise<Map<string, number>> {
  const [stub, sshd, folder] = [await startListingStub(files), await startSshd(), temporaryFolder('listing')]
  const list = join(temporaryFolder('list'), 'urls.tsv')
  const peaks = new Map<string, number>()
  try {
    for (let i = 0; i < files; i++) closeSync(openSync(join(folder, nameOf(i)), 'w'))
    writeFileSync(list, Array.from({ length: files }, (_, i) => `${stub.origin}/${i}\t${nameOf(i)}\n`).join(''))
    for (const [vendor, address] of Object.entries(addressesOf(stub.origin, folder, list, sshd))) {
      const began = Date.now()
      peaks.set(vendor, await peakOf(vendor, address, files))
      say(`${vendor} listed ${files} files in ${((Date.now() - began) / 1_000).toFixed(1)} s`)
    }
  } finally {
    await Promise.all([stub.stop(), sshd.stop()])
  }
  return peaks
}

async function peakOf(vendor: string, address: ResolvedAddress, files: number): Promise<number> {
  const env = { ...process.env, ADDRESS: JSON.stringify(address) }
  const { stdout } = await promisify(execFile)(process.execPath, [...smallHeap, child], { env })
  const listed = JSON.parse(stdout) as { files: number; peakBytes: number }
  if (listed.files !== files) throw new Error(`${vendor} listed ${listed.files} of ${files} files.`)
  return listed.peakBytes
}

export async function listingFigures(few: number, many: number, say: (line: string) => void): Promise<Figure[]> {
  const less = await peaksOf(few, say)
  const more = await peaksOf(many, say)
  return [...more].map(([vendor, peak]) => {
    const before = less.get(vendor) ?? 0
    const ratio = peak / before
    const measured = `${ratio.toFixed(2)} ×: ${Math.round(peak / MiB)} against ${Math.round(before / MiB)} MiB`
    return { name: `${vendor}: peak memory of listing ${many} files against ${few}`, promised: `≤ ${promised} ×`, measured, ok: ratio <= promised }
  })
}
