import type { Rights } from '../../rights.ts'

/** Of the user on the server, as its file system has them. */
export const sftpRights: Rights = {
  list: ['r-x on every folder'],
  read: ['r-- on every file'],
  write: ['rwx on the folder that is written to'],
  delete: ['rwx on the folder'],
  parts: ['rwx on the folder'],
}
