import type { AddressForm } from '../../../address-form.ts'
import { toEndpointUrl } from '../host.ts'
import { keyPairFields, type KeyPairAddress } from './family.ts'

export interface Ks3Address extends KeyPairAddress {
  readonly vendor: 'ks3'
}

export const ks3Form: AddressForm<Ks3Address> = {
  title: 'Kingsoft Cloud KS3',
  fields: keyPairFields(
    'As https://ks3-cn-beijing.ksyuncs.com.',
    'As signatures name it: BEIJING, SHANGHAI, GUANGZHOU …; else it follows from the endpoint.',
  ),
  fault: (address) =>
    ks3Region(address) === undefined
      ? 'region is missing: it does not follow from this endpoint (BEIJING, SHANGHAI, GUANGZHOU …).'
      : undefined,
  below: 'prefix',
}

/** Endpoints and signatures name regions differently. Others than these must be given. */
const regions: Readonly<Record<string, string>> = {
  'cn-beijing': 'BEIJING',
  'cn-shanghai': 'SHANGHAI',
  'cn-guangzhou': 'GUANGZHOU',
  'cn-hk-1': 'HONGKONG',
  sgp: 'SINGAPORE',
  rus: 'RUSSIA',
  'jr-beijing': 'JR_BEIJING',
  'jr-shanghai': 'JR_SHANGHAI',
  'gov-beijing': 'GOV_BEIJING',
}

export function ks3Region({ endpoint, region }: Ks3Address): string | undefined {
  if (region !== undefined) return region
  const [, name = ''] = /^ks3-([a-z0-9-]+?)(?:-internal)?\.ksyun(?:cs)?\.com$/.exec(toEndpointUrl(endpoint).hostname) ?? []
  return regions[name]
}
