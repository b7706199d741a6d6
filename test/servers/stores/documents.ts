import type { Answer } from './answer.ts'
import type { ByteString } from './bytes.ts'

/** The form in which a door takes and gives documents. Handlers speak XML and S3's names of parameters. */
export interface DocumentForm {
  /** What a parameter is called in a URL: `max-keys` … */
  readonly parameter: (name: string) => string
  readonly toXml: (text: ByteString) => ByteString
  readonly show: (answer: Answer) => Answer
}

export const xmlDocuments: DocumentForm = { parameter: name => name, toXml: text => text, show: answer => answer }
