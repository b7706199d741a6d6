export interface Counts {
  readonly total: number
  /** By operation name; what no operation answers to is `Unknown`. Refused and faulted requests count. */
  readonly operations: Readonly<Record<string, number>>
  /** By HTTP status; requests that were never answered are `none`. */
  readonly statuses: Readonly<Record<string, number>>
  /** Bytes of bodies. */
  readonly bytesIn: number
  readonly bytesOut: number
}

/** Bytes of bodies that passed in one second of the server's clock. */
export interface TrafficSecond {
  /** Seconds since 1970. */
  readonly second: number
  readonly bytesIn: number
  readonly bytesOut: number
}

export class Counters {
  readonly #now: () => number
  #operations = new Map<string, number>()
  #statuses = new Map<string, number>()
  #seconds = new Map<number, { second: number; bytesIn: number; bytesOut: number }>()

  constructor(now: () => number) {
    this.#now = now
  }

  request(operation: string): void {
    this.#operations.set(operation, (this.#operations.get(operation) ?? 0) + 1)
  }

  answered(status: number | 'none'): void {
    this.#statuses.set(String(status), (this.#statuses.get(String(status)) ?? 0) + 1)
  }

  received(bytes: number): void {
    this.#second().bytesIn += bytes
  }

  sent(bytes: number): void {
    this.#second().bytesOut += bytes
  }

  counts(): Counts {
    const traffic = this.traffic()
    return {
      total: sum([...this.#operations.values()]),
      operations: Object.fromEntries([...this.#operations].toSorted()),
      statuses: Object.fromEntries(this.#statuses),
      bytesIn: sum(traffic.map(second => second.bytesIn)),
      bytesOut: sum(traffic.map(second => second.bytesOut)),
    }
  }

  /** Seconds in which anything passed, in order. */
  traffic(): TrafficSecond[] {
    return Array.from(this.#seconds.values(), second => ({ ...second }))
  }

  reset(): void {
    this.#operations = new Map()
    this.#statuses = new Map()
    this.#seconds = new Map()
  }

  #second(): { bytesIn: number; bytesOut: number } {
    const second = Math.floor(this.#now() / 1000)
    const known = this.#seconds.get(second)
    if (known) return known
    const fresh = { second, bytesIn: 0, bytesOut: 0 }
    this.#seconds.set(second, fresh)
    return fresh
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)
