/** A TCP socket that listens. */

/** An IPv4-mapped listener (`::ffff:127.0.0.1`) is told as what it answers for: `127.0.0.1`, family 4. */
export interface Listener {
  readonly host: string
  readonly port: number
  readonly family: 4 | 6
  /** Identifies the socket; processes that share it show the same. With SO_REUSEPORT one port has several. */
  readonly inode: string
}
