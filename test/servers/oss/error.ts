/** An error as OSS answers it. `EC` numbers are given where the vendor's documentation states them. */
export class OssError extends Error {
  override readonly name = 'OssError'
  readonly code: string
  readonly status: number
  /** Further elements of the error document, in order. */
  readonly extra: Readonly<Record<string, string>>
  readonly headers: Readonly<Record<string, string>>

  constructor(code: string, options: OssErrorOptions = {}) {
    const known = codes[code]
    super(options.message ?? known?.[1] ?? code)
    this.code = code
    this.status = options.status ?? known?.[0] ?? 400
    const ec = options.ec ?? known?.[2]
    this.extra = { ...options.extra, ...(ec === undefined ? {} : { EC: ec }) }
    this.headers = options.headers ?? {}
  }
}

export interface OssErrorOptions {
  readonly message?: string
  readonly status?: number
  readonly ec?: string
  readonly extra?: Readonly<Record<string, string>>
  readonly headers?: Readonly<Record<string, string>>
}

/** Code → status, message, EC. */
const codes: Readonly<Record<string, readonly [status: number, message: string, ec?: string]>> = {
  AccessDenied: [403, 'You have no right to access this object because of bucket acl.', '0003-00000001'],
  BucketAlreadyExists: [
    409,
    'The requested bucket name is not available. The bucket namespace is shared by all users of the system.',
  ],
  BucketNotEmpty: [409, 'The bucket you tried to delete is not empty.', '0015-00000301'],
  DownloadTrafficRateLimitExceeded: [503, 'Please reduce your download request traffic'],
  EntityTooLarge: [400, 'Your proposed upload exceeds the maximum allowed object size.'],
  EntityTooSmall: [400, 'Your proposed upload smaller than the minimum allowed size.', '0042-00000213'],
  FileAlreadyExists: [409, 'The object you specified already exists and can not be overwritten.', '0026-00000031'],
  InternalError: [500, 'We encountered an internal error. Please try again.'],
  InvalidAccessKeyId: [403, 'The OSS Access Key Id you provided does not exist in our records.', '0002-00000902'],
  InvalidArgument: [400, 'Invalid argument.'],
  InvalidBucketName: [400, 'The specified bucket is not valid.', '0015-00000001'],
  InvalidDigest: [400, 'The Content-MD5 you specified was invalid.'],
  InvalidObjectName: [400, 'The specified object is not valid.', '0016-00000005'],
  InvalidObjectState: [403, "The operation is not valid for the object's state", '0025-00000101'],
  InvalidPart: [
    400,
    'One or more of the specified parts could not be found or the specified entity tag might not have matched ' +
      "the part's entity tag.",
  ],
  InvalidPartOrder: [400, 'The list of parts was not in ascending order. Parts list must specified in order by part number.'],
  InvalidRange: [416, 'The requested range cannot be satisfied'],
  InvalidSecurityToken: [403, 'The security token you provided is invalid.', '0002-00000006'],
  InvalidTargetType: [400, 'The specified object key is symlink, target object of symlink also is symlink.'],
  InvalidTag: [400, 'The tag you have provided is invalid.'],
  MalformedXML: [400, 'The XML you provided was not well-formed or did not validate against our published schema.'],
  MethodNotAllowed: [405, 'The specified method is not allowed against this resource.'],
  MissingContentLength: [411, 'You must provide the Content-Length HTTP header.'],
  NoSuchBucket: [404, 'The specified bucket does not exist.', '0015-00000101'],
  NoSuchKey: [404, 'The specified key does not exist.', '0026-00000001'],
  NoSuchUpload: [
    404,
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    '0017-00000244',
  ],
  NonStandardHostForbidden: [403, 'Your host is invalid. Please use Open Storage Service standard host.'],
  NotImplemented: [400, 'A header you provided implies functionality that is not implemented.'],
  NotSymlink: [400, 'The object is not symlink.'],
  NotModified: [304, 'Not Modified'],
  OperationNotSupported: [400, 'The operation is not supported for this resource', '0016-00000707'],
  PreconditionFailed: [412, 'At least one of the pre-conditions you specified did not hold.', '0026-00000015'],
  QpsLimitExceeded: [429, 'Please reduce your request rate.'],
  RequestTimeTooSkewed: [403, 'The difference between the request time and the current time is too large.', '0002-00000504'],
  RequestTimeout: [400, 'Your socket connection to the server was not read from or written to within the timeout period.'],
  RestoreAlreadyInProgress: [409, 'The restore operation is in progress.', '0016-00000714'],
  SecurityTokenExpired: [403, 'The security token you provided has expired.', '0002-00000007'],
  ServiceUnavailable: [503, 'Thread pool is almost full, please retry later'],
  SignatureDoesNotMatch: [
    403,
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  SlowDown: [503, 'Please reduce your request rate.'],
  SymlinkTargetNotExist: [404, 'The symlink target object does not exist', '0026-00000012'],
  TotalQpsLimitExceeded: [503, 'Max total qps limit is exceeded'],
  UploadTrafficRateLimitExceeded: [503, 'Please reduce your upload request traffic'],
}

export const invalidArgument = (message: string, name: string, value: string, ec?: string): OssError =>
  new OssError('InvalidArgument', {
    message,
    extra: { ArgumentName: name, ArgumentValue: value },
    ...(ec === undefined ? {} : { ec }),
  })
