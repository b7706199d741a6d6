/** A folder of the workers' file systems: a mounted share, or any other. */
export interface NasAddress {
  readonly vendor: 'nas'
  /** Absolute. */
  readonly path: string
  /** The share's name in reports; default: the path. */
  readonly mountPoint?: string
  /** A folder below `path`, which must exist: '' or ending in '/'. */
  readonly folder?: string
}
