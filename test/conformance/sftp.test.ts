import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openStorage } from '../../storage/open.ts'
import { temporaryFolder } from '../support/processes.ts'
import { startSshd } from '../support/sshd.ts'
import { conformance } from './suite.ts'

conformance('sftp', async () => {
  const sshd = await startSshd()
  const path = temporaryFolder('sftp')
  mkdirSync(join(path, 'root'))
  const storage = await openStorage(sshd.address(join(path, 'root')))
  const missing = await openStorage(sshd.address(join(path, 'missing')))
  const refused = await openStorage({ ...sshd.address(path), user: 'nobody-of-this-name' })
  return {
    storage,
    failing: { 'no-folder': missing, 'bad-secret': refused },
    refuses: [
      { keys: /^\/|\/\//, reason: 'a folder needs a name' },
      { keys: /(^|\/)\.{1,2}(\/|$)/, reason: 'a way to another folder is no name' },
      { keys: /[^/]{256}/, reason: 'a name has at most 255 bytes' },
    ],
    quirks: { 'names within names': 'a file system holds a file or a folder of one name' },
    stop: async () => {
      await Promise.all([storage, missing, refused].map((one) => one.close()))
      await sshd.stop()
    },
  }
})
