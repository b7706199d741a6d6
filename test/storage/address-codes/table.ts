/** What a person is told of an address, by vendor and by what is wrong with it. docs/codes.md is written of it, and every row is provoked at a server. */
import type { AddressCode } from '../../../model/codes.ts'
import type { ConfiguredVendor } from '../../../storage/vendors.ts'

export type Told = AddressCode | 'fine'
/** As a source, and as a destination. */
export type Codes = readonly [source: Told, destination: Told] | readonly [source: Told]
export type Conditions = Readonly<Record<string, Codes>>

const both = (code: Told): Codes => [code, code]
const nothing = { 'nothing wrong': both('fine') }
const secret = { 'a wrong secret': ['SourceAddrSecretKeyInvalid', 'DestAddrSecretKeyInvalid'] } as const
const rights = { 'no rights': ['SourceAddrEndpointBucketPermissionInvalid', 'DestAddrEndpointBucketPermissionInvalid'] } as const
const bucket = { 'no such bucket': ['SourceAddrEndpointBucketNotMatchOrNoSuchBucket', 'DestAddrBucketInvalid'] } as const
const endpoint = { 'an endpoint that refuses connections': ['SourceAddrEndpointInvalid', 'DestAddrEndpointInvalid'] } as const
const folder = {
  'no such folder': ['SourcePrefixIsNotDir', 'DestPrefixIsNotDir'],
  'a file instead of a folder': ['SourcePrefixIsNotDir', 'DestPrefixIsNotDir'],
} as const

const family = {
  ...nothing,
  'a wrong key id': ['SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid'],
  ...secret,
  'a wrong region': ['SourceAddrRegionInvalid', 'DestAddrRegionInvalid'],
  'a bucket of another region': ['SourceAddrRegionInvalid', 'DestAddrRegionInvalid'],
  ...bucket,
  ...rights,
  ...endpoint,
} as const satisfies Conditions
const { 'a bucket of another region': _region, 'no rights': _rights, ...amazon } = family

export const told: Readonly<Record<ConfiguredVendor, Conditions>> = {
  oss: { ...family, 'no rights': both('OssAccessDenied'), 'an archive bucket': both('UnsupportedArchiveBucket') },
  // Its test server has one account and one region.
  s3: amazon,
  azblob: {
    ...nothing,
    'a wrong account': ['AzureSourceConnStrAccountInvalid', 'AzureDestConnStrAccountInvalid'],
    ...secret,
    'a signature past its time': ['SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid'],
    'no such container': ['AzureSourceAddrContainerInvalid', 'AzureDestAddrContainerInvalid'],
    ...rights,
    ...endpoint,
  },
  gcs: {
    ...nothing,
    ...secret,
    ...bucket,
    ...rights,
    'a key file without rights': ['SourceKeyFileBucketNotMatchedOrPermission', 'DestKeyFileBucketNotMatchedOrPermission'],
    'a key file that is none': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'a key file that is missing': ['SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid'],
    ...endpoint,
  },
  // COS signs no region: its endpoint says it. Archives are classes of objects there, never of a bucket.
  cos: { ...family, 'a wrong region': both('fine') },
  // The S3 doors of these three say nothing of a bucket's class.
  kodo: family,
  bos: family,
  ks3: family,
  uss: {
    ...nothing,
    'a wrong operator': ['SourceAddrUserDoesNotExist', 'DestAddrUserDoesNotExist'],
    'a wrong password': ['SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'],
    'no such service': ['SourceAddrServiceInvalid', 'DestAddrServiceInvalid'],
    ...rights,
    'a CDN domain of another service': ['SourceAddrCdnInvalid', 'DestAddrCdnInvalid'],
    ...endpoint,
  },
  nas: {
    ...nothing,
    'not mounted': ['SourceMountNasFailed', 'DestMountNasFailed'],
    'a file instead of the share': ['SourceMountNasFailed', 'DestMountNasFailed'],
    ...folder,
  },
  sftp: {
    ...nothing,
    'a wrong user or password': ['SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'],
    'a private key file that is none': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'a private key file that is missing': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'another host key': ['SourceAddrHostKeyInvalid', 'DestAddrHostKeyInvalid'],
    'no host key': ['SourceAddrHostKeyInvalid', 'DestAddrHostKeyInvalid'],
    ...folder,
    ...endpoint,
  },
  http: {
    'nothing wrong': ['fine'],
    'no list': ['SourceAddrListFilePathNotExist'],
    'a folder instead of a list': ['SourceAddrListFilePathNotExist'],
    'a list without a row that can be used': ['SourceAddrBadHttpListFormat'],
    'URLs that refuse connections': ['SourceAddrCannotConnectUrl'],
  },
}

/** What tranship.yaml itself says, before any vendor is asked. */
export const toldOfFile: Conditions = {
  'no address of this name': both('AddressNotExist'),
  'a field is missing': both('AddressIncomplete'),
  'its variable is not set': both('AddressIncomplete'),
  'a prefix that begins with "/" or does not end in it': ['SourceAddrPrefixInvalid', 'DestAddrPrefixInvalid'],
  'a path that is not absolute': ['SourceAddrPathInvalid', 'DestAddrPathInvalid'],
  'an endpoint that is no URL': ['SourceAddrEndpointInvalid', 'DestAddrEndpointInvalid'],
}

/** Codes that no row stands for, and why. */
export const unprovoked: Readonly<Partial<Record<AddressCode, string>>> = {
  CheckAddressTimeOut: 'The check itself could not be ended, though it was begun again and again: no worker, or one that hangs.',
  DestinationFull: 'No space or quota is left. Proven by the tables of the drivers\' errors; a full disk is not made for a test.',
  SourceAddrHasUnsupportedChar: 'Not given: every character that a prefix may have can be sent.',
  DestAddrHasUnsupportedChar: 'Not given, as the one before.',
  SourceThrottled: 'The store answered nothing for ten minutes but that it is asked too much. Proven by test/copy/throttled.test.ts.',
  DestThrottled: 'As the one before.',
  SourceReadDirFailed: 'Not given: a folder that may not be read is told as SourceAddrEndpointBucketPermissionInvalid.',
  DestReadDirFailed: 'Not given, as the one before.',
}
