import { removeMemoryStore } from '../../storage/drivers/memory/store.ts'
import { openMemory } from '../../storage/drivers/memory/driver.ts'
import { withLimits } from '../../storage/layers/with-limits.ts'
import { openStorage } from '../../storage/open.ts'
import { conformance } from './suite.ts'

conformance('memory', async () => {
  const open = (store: string) => openStorage({ vendor: 'memory', store })
  const gone = await open('gone')
  removeMemoryStore('gone')
  return { storage: withLimits(openMemory({ store: 'held', restoreMs: 200 })), archiveClass: 'Archive', failing: { 'no-bucket': gone }, stop: async () => removeMemoryStore('held') }
})
