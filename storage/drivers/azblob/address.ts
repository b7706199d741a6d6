/** Azure Blob's data addresses, as tranship.yaml holds them once validated. */
import { networkFields, optional, prefixField, secret, text, url, type AddressForm, type NetworkFields } from '../../address-form.ts'
import { accountFault, type AccountFields } from './account.ts'

export interface AzblobAddress extends NetworkFields, AccountFields {
  readonly vendor: 'azblob'
  readonly container: string
  /** '' or ending in '/'. It is put on and taken off above the driver. */
  readonly prefix?: string
}

export const azblobForm: AddressForm<AzblobAddress> = {
  title: 'Azure Blob Storage',
  fields: {
    connectionString: optional(secret, 'As the portal shows it; instead of account, accountKey and sasToken.'),
    account: optional(text, 'Name of the storage account, with accountKey or sasToken.'),
    accountKey: optional(secret),
    sasToken: optional(secret, 'Shared access signature of the account or the container.'),
    endpoint: optional(url, 'For other clouds, as https://ACCOUNT.blob.core.chinacloudapi.cn; absent: the global one.'),
    container: { kind: 'text', says: 'Upper and lower case differ.' },
    prefix: prefixField,
    ...networkFields,
  },
  fault: accountFault,
  below: 'prefix',
}
