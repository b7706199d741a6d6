import type { Rights } from '../../rights.ts'

/** What a server must answer. A list that lies in a bucket is read with that address's rights. */
export const httpRights: Rights = { read: ['GET of every URL'] }
