/** What a key must be allowed to do, by the names that the vendor's own policies have for it: data beside each driver. */
export const needs = {
  list: 'List, at either end',
  read: 'Read files',
  write: 'Write files and the report',
  delete: "Delete the job's own canary, ledger and bad copies",
  parts: 'Upload large files in parts, go on with them, clear them away',
  readTags: 'Read tags (--tags)',
  writeTags: 'Write tags (--tags)',
  readAcl: 'Read access rights (--acl)',
  writeAcl: 'Write access rights (--acl)',
  restore: 'Restore archives (--restore)',
  serverCopy: "Let the store copy itself (--server-copy): on the destination's key",
  facts: 'Look at the bucket when an address is checked; not needed to migrate',
} as const
export type Need = keyof typeof needs

export type Rights = Readonly<Partial<Record<Need, readonly string[]>>>
