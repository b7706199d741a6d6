import type { Rights } from '../../rights.ts'

/** Permissions of a shared access signature for the container. An account key may do everything. */
export const azblobRights: Rights = {
  list: ['List (l)'],
  read: ['Read (r)'],
  write: ['Read (r)', 'Write (w)'],
  delete: ['Delete (d)'],
  parts: ['Read (r)', 'Write (w)'],
  readTags: ['Tags (t)'],
  writeTags: ['Tags (t)'],
  restore: ['Read (r)', 'Write (w)'],
  serverCopy: ['Read (r) (source)', 'Read (r) (destination)', 'Write (w) (destination)'],
}
