import { removeMemoryStore } from '../../storage/drivers/memory/store.ts'
import { openStorage } from '../../storage/open.ts'
import { conformance } from './suite.ts'

conformance('memory', async () => {
  const open = (store: string) => openStorage({ vendor: 'memory', store })
  const gone = await open('gone')
  removeMemoryStore('gone')
  return { storage: await open('held'), failing: { 'no-bucket': gone }, stop: async () => removeMemoryStore('held') }
})
