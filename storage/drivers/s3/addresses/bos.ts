import type { AddressForm } from '../../../address-form.ts'
import { toEndpointUrl } from '../host.ts'
import { keyPairFields, type KeyPairAddress } from './family.ts'

export interface BosAddress extends KeyPairAddress {
  readonly vendor: 'bos'
}

export const bosForm: AddressForm<BosAddress> = {
  title: 'Baidu AI Cloud BOS',
  fields: keyPairFields('As http://bj.bcebos.com.', 'Of a private endpoint, as bj; else it follows from the endpoint.'),
  fault: (address) =>
    bosRegion(address) === undefined ? 'region is missing: it follows only from an endpoint like http://bj.bcebos.com.' : undefined,
  below: 'prefix',
}

/** `bj` of `bj.bcebos.com` and of `s3.bj.bcebos.com`. */
export function bosRegion({ endpoint, region }: BosAddress): string | undefined {
  return region ?? /^(?:s3\.)?([a-z0-9]+)\.bcebos\.com$/.exec(toEndpointUrl(endpoint).hostname)?.[1]
}
