/** How well-known programs are installed. A program that is not listed gets a general remedy. */

export interface InstallHint {
  readonly program: string
  readonly install: string
  /** A program that the installation itself needs. */
  readonly needs?: string
  /** Folders, relative to the home folder, where it ends up without being on PATH. */
  readonly folders?: readonly string[]
}

const HINTS: readonly InstallHint[] = [
  {
    program: 'minio',
    install: 'go install github.com/minio/minio@latest',
    needs: 'go',
    folders: ['go/bin'],
  },
  {
    program: 'go',
    install: 'install Go 1.24 or newer: https://go.dev/dl (macOS: brew install go)',
    folders: ['../usr/local/go/bin'],
  },
  { program: 'postgres', install: 'apt-get install postgresql   (macOS: brew install postgresql)' },
  { program: 'redis-server', install: 'apt-get install redis-server   (macOS: brew install redis)' },
  { program: 'cargo', install: 'curl https://sh.rustup.rs -sSf | sh', folders: ['.cargo/bin'] },
  { program: 'uv', install: 'curl -LsSf https://astral.sh/uv/install.sh | sh', folders: ['.local/bin'] },
  { program: 'java', install: 'apt-get install default-jre   (macOS: brew install openjdk)' },
  { program: 'python3', install: 'apt-get install python3   (macOS: brew install python)' },
  { program: 'node', install: 'npm install --no-save   (brings the pinned Node), then run it through just' },
]

/** @param program its bare name, no path. @returns undefined: it is not listed. */
export function findHint(program: string): InstallHint | undefined {
  return HINTS.find((hint) => hint.program === program)
}
