/** A store that lives in this process. Two addresses of one store name see the same objects. */
export interface MemoryAddress {
  readonly vendor: 'memory'
  readonly store: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
}
