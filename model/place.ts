/** Where an opened address points: two overlap when one lies within the other. */
export interface Place {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
  /** File systems: the folder itself. */
  readonly root?: string
}

const textOf = ({ endpoint, bucket, prefix, root }: Place): string => root ?? `${`${endpoint.replace(/\/+$/, '')}/${bucket}`.replace(/\/+$/, '')}/${prefix}`

export function overlaps(a: Place, b: Place): boolean {
  const [first, second] = [textOf(a), textOf(b)]
  return first.startsWith(second) || second.startsWith(first)
}

/**
 * The key under which what `writer` wrote would be seen by `reader`, were both the same bucket under two names; undefined when it
 * lies outside what the reader sees.
 */
export function keyThrough(writer: Place, reader: Place, key: string): string | undefined {
  const absolute = writer.prefix + key
  return absolute.startsWith(reader.prefix) ? absolute.slice(reader.prefix.length) : undefined
}
