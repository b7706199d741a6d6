import type { Rights } from '../../rights.ts'

const readable = '可读取 (readable)'
const writable = '可写入 (writable)'

/** What UPYUN's console offers where an operator is made: three rights, no finer. Before a write is looked, which is reading. */
export const ussRights: Rights = {
  list: [readable],
  read: [readable],
  write: [readable, writable],
  delete: ['可删除 (deletable)'],
  parts: [readable, writable],
}
