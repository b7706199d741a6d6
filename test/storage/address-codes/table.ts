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
const silence = { 'an endpoint that never answers': both('CheckAddressTimeOut') } as const
const badPrefix = { 'a prefix that no name can begin with': ['SourceAddrHasUnsupportedChar', 'DestAddrHasUnsupportedChar'] } as const
const noRoom = { 'no room or quota left': ['fine', 'DestinationFull'] } as const
const closed = { 'a folder that may not be read': ['SourceReadDirFailed', 'DestReadDirFailed'] } as const
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
  ...noRoom,
  ...badPrefix,
  ...endpoint,
} as const satisfies Conditions
const { 'a bucket of another region': _region, 'no rights': _rights, 'no room or quota left': _room, 'a prefix that no name can begin with': _prefix, ...amazon } = family
const { 'a prefix that no name can begin with': _any, ...kingsoft } = family

export const told: Readonly<Record<ConfiguredVendor, Conditions>> = {
  oss: { ...family, 'no rights': both('OssAccessDenied'), 'an archive bucket': both('UnsupportedArchiveBucket') },
  // Its test server has one account, one region and no quotas; it takes any name.
  s3: amazon,
  azblob: {
    ...nothing,
    'a wrong account': ['AzureSourceConnStrAccountInvalid', 'AzureDestConnStrAccountInvalid'],
    ...secret,
    'a signature past its time': ['SourceAddrAccessKeyInvalid', 'DestAddrAccessKeyInvalid'],
    'no such container': ['AzureSourceAddrContainerInvalid', 'AzureDestAddrContainerInvalid'],
    ...rights,
    ...badPrefix,
    ...endpoint,
    ...silence,
  },
  gcs: {
    ...nothing,
    ...secret,
    ...bucket,
    ...rights,
    'a key file without rights': ['SourceKeyFileBucketNotMatchedOrPermission', 'DestKeyFileBucketNotMatchedOrPermission'],
    'a key file that is none': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'a key file that is missing': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    ...badPrefix,
    ...endpoint,
    ...silence,
  },
  // COS signs no region: its endpoint says it. Archives are classes of objects there, never of a bucket.
  cos: { ...family, 'a wrong region': both('fine') },
  // The S3 doors of these three say nothing of a bucket's class.
  kodo: family,
  bos: family,
  // It is not known to refuse any character.
  ks3: kingsoft,
  uss: {
    ...nothing,
    'a wrong operator': ['SourceAddrUserDoesNotExist', 'DestAddrUserDoesNotExist'],
    'a wrong password': ['SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'],
    'no such service': ['SourceAddrServiceInvalid', 'DestAddrServiceInvalid'],
    ...rights,
    'a CDN domain of another service': ['SourceAddrCdnInvalid', 'DestAddrCdnInvalid'],
    ...badPrefix,
    ...endpoint,
  },
  nas: {
    ...nothing,
    'not mounted': ['SourceMountNasFailed', 'DestMountNasFailed'],
    'a file instead of the share': ['SourceMountNasFailed', 'DestMountNasFailed'],
    ...folder,
    ...closed,
    ...noRoom,
  },
  sftp: {
    ...nothing,
    'a wrong user or password': ['SourceAddrPasswordInvalid', 'DestAddrPasswordInvalid'],
    'a private key file that is none': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'a private key file that is missing': ['SourceBadPrivateKeyFileFormat', 'DestBadPrivateKeyFileFormat'],
    'another host key': ['SourceAddrHostKeyInvalid', 'DestAddrHostKeyInvalid'],
    'no host key': ['SourceAddrHostKeyInvalid', 'DestAddrHostKeyInvalid'],
    ...folder,
    ...closed,
    ...endpoint,
    ...silence,
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
