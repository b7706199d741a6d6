/** Refusals, in the service's own codes; the first three digits are the HTTP status. */
const sentences = {
  40000006: 'content md5 not match',
  40000011: 'chunked request bodies not supported yet',
  40000024: 'block not finished',
  40011051: 'invalid x-upyun-part-id',
  40011052: 'invalid x-upyun-multi-length',
  40011054: 'invalid x-upyun-part-size',
  40011055: 'invalid multipart stage',
  40011058: 'x-upyun-multi-uuid not found',
  40011059: 'file md5 not match',
  40011061: 'part id error',
  40100001: 'need date header',
  40100002: 'date offset error',
  40100004: 'need authorization header',
  40100005: 'signature error',
  40100006: 'user not exists',
  40100012: 'bucket not exist',
  40100017: 'user need permission',
  40300001: 'file name contains invalid chars (\\r\\n\\t)',
  40300005: 'directory not empty',
  40300025: 'wrong content-length header',
  40400001: 'file or directory not found',
  40500001: 'method not allowed',
  40600001: 'dir not acceptable',
  40600002: 'folder already exists',
  41600001: 'range not satisfiable',
  42900001: 'too many requests',
  50300000: 'unknown error',
} as const

export class Refusal extends Error {
  readonly code: keyof typeof sentences

  constructor(code: keyof typeof sentences) {
    super(sentences[code])
    this.code = code
  }

  get status(): number {
    return Math.floor(this.code / 100_000)
  }
}
