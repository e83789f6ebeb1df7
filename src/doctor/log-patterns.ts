/**
 * What lines of a log mean: a table of patterns, each with the cause in plain words and what mends it. The first that
 * matches a line counts, so the special stands before the general. A stack file adds its own in front.
 */
import type { DoctorPattern } from '../stack/types.ts'

export interface LogPattern {
  readonly id: string
  readonly match: RegExp
  readonly cause: string
  readonly remedy: string
}

const TABLE: readonly LogPattern[] = [
  {
    id: 'duckdb-lock',
    match: /could not set lock on file|conflicting lock is held/i,
    cause: 'another process holds the lock of the DuckDB file',
    remedy: 'end the process whose PID the line names (kill PID), or give this daemon a file of its own',
  },
  {
    id: 'address-in-use',
    match: /EADDRINUSE|address already in use|port is already allocated/i,
    cause: 'the address is in use by another process',
    remedy: 'smokechain doctor addresses   (it names the process that holds the port)',
  },
  {
    id: 'address-not-available',
    match: /EADDRNOTAVAIL|cannot assign requested address/i,
    cause: 'the address does not belong to this machine',
    remedy: 'bind 127.0.0.1 in the stack file: bind = "127.0.0.1:0"',
  },
  {
    id: 'file-watchers',
    match: /system limit for number of file watchers reached|inotify.*(limit|ENOSPC)/i,
    cause: 'the limit of file watchers (inotify) is reached; the disk is not full',
    remedy: 'sudo sysctl fs.inotify.max_user_watches=524288',
  },
  {
    id: 'disk-full',
    match: /ENOSPC|no space left on device|EDQUOT|disk quota exceeded|database or disk is full|StorageFull/i,
    cause: 'the disk is full',
    remedy: 'smokechain doctor disk   (it names the file system); then free some of it',
  },
  {
    id: 'read-only',
    match: /EROFS|read-only file system/i,
    cause: 'the file system is mounted read-only',
    remedy: 'let the daemon write under {data}, or remount: sudo mount -o remount,rw MOUNTPOINT',
  },
  {
    id: 'too-many-files',
    match: /EMFILE|ENFILE|too many open files/i,
    cause: 'the limit of open files is reached',
    remedy: 'ulimit -n 65536   (in the shell that starts the stack)',
  },
  {
    id: 'out-of-memory',
    match:
      /JavaScript heap out of memory|Reached heap limit|out of memory|ENOMEM|cannot allocate memory|std::bad_alloc|OutOfMemoryError|\bMemoryError\b|oom-?kill/i,
    cause: 'it ran out of memory',
    remedy:
      'smokechain doctor memory   (it shows what is left); then free some, or lower what the daemon caches',
  },
  {
    id: 'shared-library',
    match:
      /error while loading shared libraries|cannot open shared object file|library not loaded|version [`'"]?GLIBC(XX)?_[\d.]+/i,
    cause: 'a shared library that the program needs is missing or too old',
    remedy: 'ldd PROGRAM | grep "not found"   (macOS: otool -L PROGRAM); then install what it names',
  },
  {
    id: 'native-module',
    match: /was compiled against a different Node\.js version|NODE_MODULE_VERSION|invalid ELF header/i,
    cause: 'a native module was built for another Node or another system',
    remedy: 'npm rebuild',
  },
  {
    id: 'wrong-architecture',
    match: /exec format error|cannot execute binary file|bad CPU type|illegal instruction/i,
    cause: 'the program was built for another processor or system',
    remedy: 'file PROGRAM; uname -m   (compare); then install the build for this machine',
  },
  {
    id: 'old-node',
    match:
      /ERR_UNKNOWN_FILE_EXTENSION|unknown file extension "?\.ts|ERR_UNSUPPORTED_TYPESCRIPT|bad option: --/i,
    cause: 'the Node that runs the daemon is too old for its files',
    remedy: 'export PATH="$PWD/node_modules/.bin:$PATH"   (the pinned Node first), or run it through just',
  },
  {
    id: 'missing-module',
    match: /ERR_MODULE_NOT_FOUND|cannot find (module|package)|ModuleNotFoundError|no module named/i,
    cause: 'a module that the program imports is not installed',
    remedy: 'npm install --no-save   (Python: pip install what the line names)',
  },
  {
    id: 'clock-skew',
    match: /RequestTimeTooSkewed|certificate is not yet valid|clock skew/i,
    cause: "this machine's clock is wrong",
    remedy: 'sudo timedatectl set-ntp true   (macOS: sudo sntp -sS time.apple.com)',
  },
  {
    id: 'tls',
    match:
      /certificate (verify failed|has expired|signed by unknown)|self[- ]signed certificate|unable to (verify|get).*certificate|x509:|CERT_|ERR_TLS|SSL routines|wrong version number|tls: /i,
    cause: 'the TLS connection was refused: certificate or protocol do not fit',
    remedy:
      'openssl s_client -connect HOST:PORT   (it shows the certificate); use http:// where no TLS is spoken, or name the CA in NODE_EXTRA_CA_CERTS',
  },
  {
    id: 'no-bucket',
    match: /NoSuchBucket|bucket does not exist/i,
    cause: 'the bucket does not exist',
    remedy: 'smokechain doctor s3   (it says which, and the command that makes it)',
  },
  {
    id: 'credentials',
    match:
      /SignatureDoesNotMatch|InvalidAccessKeyId|AccessDenied|invalid (api key|credentials|username or password)|password authentication failed|authentication failed|access denied for user|\bNOAUTH\b|\bWRONGPASS\b|(status|code|http)[ :=]*401\b|\b401 unauthorized/i,
    cause: 'the credentials were refused',
    remedy: 'correct the key or password in the stack file, or in the variable that it comes from',
  },
  {
    id: 'database-missing',
    match: /database "?[\w-]+"? does not exist|unknown database/i,
    cause: 'the database does not exist',
    remedy: 'createdb NAME   (the line names it)',
  },
  {
    id: 'corrupt',
    match:
      /database disk image is malformed|checksum mismatch|file is (corrupt|not a database)|corrupted (page|block|wal)/i,
    cause: 'a data file is damaged',
    remedy: 'put the file that the line names aside (mv FILE FILE.damaged), and start again',
  },
  {
    id: 'name-unknown',
    match: /ENOTFOUND|EAI_AGAIN|getaddrinfo|no such host|name or service not known|could not resolve host/i,
    cause: 'a host name could not be resolved',
    remedy: 'getent hosts NAME   (the line names it); correct the name, or use 127.0.0.1',
  },
  {
    id: 'refused',
    match: /ECONNREFUSED|connection refused/i,
    cause: 'nothing listens where it wants to connect to',
    remedy: 'name what it connects to in "needs" of the daemon, so that it is ready first',
  },
  {
    id: 'permission',
    match: /EACCES|EPERM|permission denied|operation not permitted/i,
    cause: 'permission was denied',
    remedy: 'ls -ld PATH   (the line names it); then chown or chmod it for the user that starts the stack',
  },
  {
    id: 'not-there',
    match: /ENOENT|no such file or directory/i,
    cause: 'a file or folder does not exist',
    remedy: 'correct the path that the line names, or make what it names',
  },
]

/** Lines that look like an error to people, though no pattern knows them. */
const LOOKS_BAD = /\b(error|fatal|panic|exception|failed|traceback|critical|segmentation fault|abort(ed)?)\b/i
/** The level of a structured line (pino's numbers, or words; JSON or logfmt); what it says of itself counts more than its words. */
const LEVEL = /(?:"(?:level|severity|lvl)":\s*|\b(?:level|severity|lvl)=)(?:"?([a-z]+)|(\d+))/i
const BAD_WORD = /^(err(or)?|fatal|crit(ical)?|panic|alert|emerg(ency)?)$/i
const PINO_ERROR = 50

/** The stack's own patterns first, then the table. */
export function listPatterns(own: readonly DoctorPattern[] = []): LogPattern[] {
  const mine = own.map(({ match, cause, remedy }, index) => {
    return { id: `stack-${index + 1}`, match: new RegExp(match), cause, remedy }
  })
  return [...mine, ...TABLE]
}

export interface Recognised {
  readonly pattern: LogPattern
  readonly line: string
}

/** The first known cause in these lines. A line that knows more counts before one that knows less: see the order. */
export function recognise(lines: readonly string[], patterns: readonly LogPattern[]): Recognised | undefined {
  const found = patterns.flatMap((pattern) => {
    const line = lines.find((one) => pattern.match.test(one))
    return line === undefined ? [] : [{ pattern, line }]
  })
  return found[0]
}

/** Lines that tell of an error, the last ones, at most `most`. */
export function findErrorLines(
  lines: readonly string[],
  patterns: readonly LogPattern[],
  most = 5,
): string[] {
  const isBad = (line: string): boolean =>
    judgeLevel(line) ?? (LOOKS_BAD.test(line) || patterns.some(({ match }) => match.test(line)))
  return lines.filter(isBad).slice(-most)
}

/** Undefined: the line names no level. */
function judgeLevel(line: string): boolean | undefined {
  const [found, word, number] = LEVEL.exec(line) ?? []
  if (found === undefined) return undefined
  return word === undefined ? Number(number) >= PINO_ERROR : BAD_WORD.test(word)
}
