import { openStorage } from '../../storage/open.ts'
import { startUssServer } from '../servers/uss/server.ts'
import { conformance } from './suite.ts'
import { impatient } from './target.ts'

conformance('uss', async () => {
  const known = { operator: 'operator', password: 'test-secret' }
  const operators = (['without-rights', 'throttled', 'broken'] as const).map((treated) => ({ name: treated, password: 'test-secret', treated }))
  const server = await startUssServer({
    service: 'conformance',
    operators: [{ name: known.operator, password: known.password }, ...operators],
    mostNames: 700,
  })
  const address = { vendor: 'uss', domain: server.domain, service: 'conformance', ...known } as const
  return {
    storage: await openStorage(address),
    failing: {
      'no-bucket': await openStorage({ ...address, service: 'missing' }),
      'bad-access-key': await openStorage({ ...address, operator: 'nobody' }),
      'bad-secret': await openStorage({ ...address, password: 'wrong-secret' }),
      forbidden: await openStorage({ ...address, operator: 'without-rights' }),
      throttled: await openStorage({ ...address, operator: 'throttled' }, impatient),
      unavailable: await openStorage({ ...address, operator: 'broken' }),
    },
    refuses: [
      { keys: /^\/|\/\//, reason: 'a folder needs a name' },
      { keys: /(^|\/)\.{1,2}(\/|$)/, reason: 'a way to another folder is no name' },
      { keys: /[^/]{256}/, reason: 'a name has at most 255 bytes' },
      { keys: /[\t\r\n]/, reason: 'UPYUN takes no tab or line break in a name' },
    ],
    quirks: { 'names within names': 'the service holds a file or a folder of one name' },
    stop: () => server.stop(),
  }
})
