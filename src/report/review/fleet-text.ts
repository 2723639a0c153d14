import { proseCell } from './markdown.ts'

/**
 * A text that people of the fleet wrote, or that holds one. Templates cannot get at what it says but through a helper that
 * makes it harmless for one context; printed as it is, it is prose that can stand anywhere.
 */
export class FleetText {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** Templates reach properties of their own alone, and this is none. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return proseCell(this.#text)
  }
}

export function fleetText(text: string): FleetText {
  return new FleetText(text)
}

export function fleetTexts(texts: readonly string[]): readonly FleetText[] {
  return texts.map(fleetText)
}

/** Of a text that may not be there: templates ask for it, so it must be said that it is not. */
export function maybeText(text: string | undefined): FleetText | undefined {
  return text === undefined ? undefined : new FleetText(text)
}
