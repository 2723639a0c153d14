/** A value that may not be shown. */
export interface SecretValue {
  /** Decoded; of a text its UTF-8 bytes count. */
  readonly value: string | Uint8Array
  /** Where it was found. Decides the order of ordinals and is never shown. */
  readonly place: string
  /** Only a name says that it is one: it is looked for elsewhere where it looks like nothing but a credential. */
  readonly guessed?: boolean
}
