/** The tables of docs/vendors.md. Pure. */
import { needs, type Need } from '../../storage/rights.ts'
import type { Storage } from '../../storage/storage.ts'

export interface Described {
  readonly vendor: string
  readonly title: string
  /** Closed: only what it says of itself is read. */
  readonly storage: Storage
}

type Column = readonly [title: string, cell: (storage: Storage) => string]

const yes = (is: boolean): string => (is ? 'yes' : '–')
const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** Vendors count in powers of two. */
function size(bytes: number): string {
  if (bytes === Infinity) return 'no limit'
  const step = bytes === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10))
  return `${Number((bytes / 1024 ** step).toFixed(1))} ${units[step]}`
}
const number = (value: number): string => (value === Infinity ? 'no limit' : value.toLocaleString('en-US'))
const names = (list: readonly string[]): string => (list.length === 0 ? '–' : list.join(', '))

const kept: readonly Column[] = [
  ['content headers', ({ abilities }) => yes(abilities.contentHeaders)],
  ['user metadata', ({ abilities, limits }) => (abilities.userMetadata ? size(limits.maxMetadataBytes) : '–')],
  ['modified time as its own', ({ abilities }) => yes(abilities.keepsMtime)],
  ['tags', ({ tagging }) => (tagging ? `up to ${tagging.maxTags}` : '–')],
  ['access rights', ({ acl }) => yes(acl !== undefined)],
]

const sureness: readonly Column[] = [
  ['source', ({ abilities }) => yes(abilities.read)],
  ['destination', ({ abilities }) => yes(abilities.write)],
  ['lists in order', ({ abilities }) => yes(abilities.ordered)],
  ['put if absent', ({ abilities }) => (abilities.conditionalPut ? 'exact' : 'looked at before')],
  ['read of one version', ({ abilities }) => (abilities.conditionalGet ? 'exact' : 'looked at afterwards')],
  ['a put can send', ({ abilities }) => names(abilities.putHashes)],
  ['the store states', ({ abilities }) => names(abilities.statedHashes)],
  ['restores archives', ({ archive }) => yes(archive !== undefined)],
  ['copies itself', ({ serverCopy }) => (serverCopy ? `up to ${size(serverCopy.maxCopyBytes)} at once` : '–')],
]

const limits: readonly Column[] = [
  ['object', ({ limits }) => size(limits.maxObjectBytes)],
  ['one put', ({ limits }) => size(limits.maxPutBytes)],
  ['part', ({ limits, multipart }) => (multipart ? `${size(limits.minPartBytes)} to ${size(limits.maxPartBytes)}` : '–')],
  ['parts', ({ limits, multipart }) => (multipart ? number(limits.maxParts) : '–')],
  ['name, in bytes', ({ limits }) => number(limits.maxKeyBytes)],
  ['times apart from', ({ limits }) => `${number(limits.mtimeResolutionMs)} ms`],
]

export function toDocument(all: readonly Described[]): string {
  return `${[
    '# What each system can do',
    'Written by `node scripts/vendors-doc.ts` of what the drivers say of themselves: change them, not this page. The same is in the answer of `tranship address check NAME --json`, as `abilities`, `limits` and `rights`.',
    ['| vendor | system |', '|---|---|', ...all.map(({ vendor, title }) => `| \`${vendor}\` | ${title} |`)].join('\n'),
    '## How sure it is',
    'Put if absent: what appears at the destination after the job looked there is left alone. "Exact": the store itself refuses; "looked at before": there is a moment between look and write. Whether a store really refuses what has another hash than was sent is tried when the address is checked.',
    table(all, sureness),
    '## What is kept',
    'What a destination cannot hold fails the file as MetadataUnsupported, by name, or is left behind with `--metadata-policy drop` and counted in the report. Content headers and a modified time that have no place are left behind without a word. Tags go with `--tags`, access rights (private, public-read, public-read-write) with `--acl`.',
    table(all, kept),
    '## Limits',
    'As the drivers obey them; a vendor may allow more on request. This version sends at most 64 MiB in a part.',
    table(all, limits),
    '## Archives',
    'An archived object fails as Archived. With `--restore` its store is asked for a copy of 7 days (`--restore-days`), and the batch is looked at again after 2, 4, 8 … minutes, at most an hour apart (`--restore-wait` is the first wait); nothing else of the job waits, unless 200 batches do. `status` says how many files are being restored. What cannot be read after a week fails. Amazon\'s INTELLIGENT_TIERING archive tiers are not known to be archived: such a file fails as Archived, and restoring it with a number of days is refused by Amazon.',
    '## Copies within the store',
    'Where both ends are one endpoint and one access key, and the destination "copies itself", objects do not pass through the workers: by itself where the store states CRC-64, elsewhere with `--server-copy`. What was copied is compared by hash where both ends state one, else by size, and then counts as unverified; where no CRC-64 is stated its column in the report is empty and the file is counted in `withoutCrc64`. A store that refuses is not asked again by that batch: the bytes go the ordinary way. Before such a copy all but OSS, Azure and Cloud Storage are asked whether the destination is still as it was, because nothing says that they heed the condition in a copy.',
    '## Rights',
    'What the key of an address must be allowed to do. Names are those of the vendor\'s own documentation, for KS3 of Kingsoft\'s own SDK, for UPYUN of its console; those of KODO are of Qiniu\'s own API, and whether its S3 door asks for the same is not known; `nas` and `sftp` need what the file system asks for, `http` what a server must answer. They were not tried one by one against the real services. Where a line is missing although the vendor has the ability, no name for it was found.',
    ...all.map(rightsOf),
  ].join('\n\n')}\n`
}

function table(all: readonly Described[], columns: readonly Column[]): string {
  const head = ['vendor', ...columns.map(([title]) => title)]
  const rows = all.map(({ vendor, storage }) => [`\`${vendor}\``, ...columns.map(([, cell]) => cell(storage))])
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function rightsOf({ vendor, title, storage: { rights } }: Described): string {
  const known = (Object.keys(needs) as Need[]).flatMap((need) => (rights?.[need] ? [`| ${needs[need]} | ${rights[need].map((name) => `\`${name}\``).join(', ')} |`] : []))
  const body = known.length === 0 ? 'No list of its names was found: the key must be allowed to list, read, write and delete.' : ['| to | needs |', '|---|---|', ...known].join('\n')
  return `### \`${vendor}\`: ${title}\n\n${body}`
}
