/** What an S3 server's refusal means to our caller. */
import { ApiError, badGateway } from '../kit/errors.ts'

interface S3Fault {
  /** The server's code, e.g. NoSuchKey, or the system's, e.g. ECONNREFUSED. */
  readonly code: string
  readonly status: number | undefined
  readonly message: string
}

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined

export function readFault(error: unknown): S3Fault {
  const name = String(field(error, 'name') ?? 'Error')
  const errno = field(error, 'code')
  const status = field(field(error, '$metadata'), 'httpStatusCode')
  const message = String(field(error, 'message') ?? '')
  return {
    code: typeof errno === 'string' && status === undefined ? errno : name,
    status: typeof status === 'number' ? status : undefined,
    message,
  }
}

/** `InvalidAccessKeyId: The Access Key Id you provided does not exist`, on one line. */
export function describeFault(error: unknown): string {
  const { code, message } = readFault(error)
  const text = message === '' || message === code ? code : `${code}: ${message}`
  return text.replaceAll(/\s+/g, ' ')
}

/** The server says that there is no such object. */
export function isMissing(error: unknown): boolean {
  const { code, status } = readFault(error)
  return code === 'NoSuchKey' || (status === 404 && code !== 'NoSuchBucket')
}

/** 502 naming `s3`. Our own errors stay what they are. */
export function toStoreError(error: unknown): ApiError {
  if (error instanceof ApiError) return error
  return badGateway('s3', `the S3 server failed: ${describeFault(error)}`, { cause: error })
}
