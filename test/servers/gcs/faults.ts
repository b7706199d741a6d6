import type { GcsFault } from './answer.ts'

export const faults = {
  badToken: { status: 401, reason: 'authError', code: 'AuthenticationRequired', message: 'Invalid Credentials' },
  forbidden: {
    status: 403,
    reason: 'forbidden',
    code: 'AccessDenied',
    message: "copier@project.iam.gserviceaccount.com does not have access to the Google Cloud Storage object. Permission denied on resource (or it may not exist).",
  },
  throttled: {
    status: 429,
    reason: 'rateLimitExceeded',
    code: 'SlowDown',
    message: 'The rate of change requests to the bucket exceeds the rate limit.',
    headers: { 'retry-after': '0' },
  },
  broken: { status: 500, reason: 'backendError', code: 'InternalError', message: 'We encountered an internal error. Please try again.' },
} as const satisfies Record<string, GcsFault>
