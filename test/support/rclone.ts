import { execFileSync } from 'node:child_process'

/** Optional: undefined, and said so, where it is not installed. */
export function findRclone(): string | undefined {
  try {
    execFileSync('rclone', ['version'], { stdio: 'ignore' })
    return 'rclone'
  } catch {
    console.log('rclone is not installed: its check is left out.')
    return undefined
  }
}
