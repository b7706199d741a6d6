import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openStorage } from '../../storage/open.ts'
import { temporaryFolder } from '../support/processes.ts'
import { conformance } from './suite.ts'

conformance('nas', async () => {
  const path = temporaryFolder('nas')
  mkdirSync(join(path, 'share'))
  const open = (folder: string) => openStorage({ vendor: 'nas', path, folder })
  return {
    storage: await open('share/'),
    failing: { 'no-folder': await open('missing/'), 'no-mount': await openStorage({ vendor: 'nas', path: join(path, 'nowhere') }) },
    refuses: [
      { keys: /^\/|\/\//, reason: 'a folder needs a name' },
      { keys: /(^|\/)\.{1,2}(\/|$)/, reason: 'a way to another folder is no name' },
      { keys: /[^/]{256}/, reason: 'a name has at most 255 bytes' },
    ],
    quirks: { 'names within names': 'a file system holds a file or a folder of one name' },
    stop: async () => {},
  }
})
