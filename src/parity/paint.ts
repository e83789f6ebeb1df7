/** How a renderer colours: given from outside, so that this room knows no terminal. */
export interface Paint {
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  dim(text: string): string
  bold(text: string): string
}
