import { execFileSync } from 'node:child_process'
import { temporaryFolder } from './processes.ts'

export interface SmallDisk {
  readonly path: string
  remountReadOnly(): void
  unmount(): void
}

/** A file system of its own in memory, so large; undefined where nothing can be mounted: that takes root. */
export function mountSmallDisk(kibibytes: number): SmallDisk | undefined {
  const path = temporaryFolder('disk')
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', path], { stdio: 'ignore' })
  } catch {
    return undefined
  }
  return { path, remountReadOnly: () => void execFileSync('mount', ['-o', 'remount,ro', path]), unmount: () => void execFileSync('umount', ['-l', path]) }
}
