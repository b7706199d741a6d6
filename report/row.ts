/** The rows of the report's lists, PRODUCT.md §5. Pure. */
import type { StorageInfo } from '../storage/storage.ts'

/** `<vendor>://<bucket>/<prefix>`, for a NAS `nas://<mount point>:/<prefix>`: the key follows. */
export function sourceAddressPrefix({ vendor, bucket, prefix }: StorageInfo): string {
  return vendor === 'nas' ? `nas://${bucket}:/${prefix}` : `${vendor}://${bucket}/${prefix}`
}
