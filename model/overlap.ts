/** Where an address points, as one text that ends in '/': two addresses overlap when one begins with the other. */
export interface Place {
  readonly endpoint: string
  readonly bucket: string
  readonly prefix: string
}

const textOf = ({ endpoint, bucket, prefix }: Place): string => `${`${endpoint.replace(/\/+$/, '')}/${bucket}`.replace(/\/+$/, '')}/${prefix}`

export function overlaps(a: Place, b: Place): boolean {
  const [first, second] = [textOf(a), textOf(b)]
  return first.startsWith(second) || second.startsWith(first)
}

/**
 * Keys under which a canary written to `outer` would be seen through `inner`, were they the same bucket under two names;
 * undefined when their prefixes have nothing in common.
 */
export function keyThrough(writer: Place, reader: Place, key: string): string | undefined {
  const absolute = writer.prefix + key
  return absolute.startsWith(reader.prefix) ? absolute.slice(reader.prefix.length) : undefined
}
