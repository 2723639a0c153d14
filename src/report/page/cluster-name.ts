/** Stands for the name of each cluster where texts differ by it alone. */
export const nameMark = '⟨name⟩'

/** A text of a cluster with `⟨name⟩` where it names the cluster. */
export type MarkName = (cluster: string, text: string) => string

/**
 * A name counts where it stands as a word: in `web-1`, `web-10` names another cluster. A text that has the mark already
 * stays as it is, so that what is marked can always be read back.
 */
export function createNameMarker(): MarkName {
  const known = new Map<string, { readonly name: string; readonly word: RegExp }>()
  return (cluster, text) => {
    const { name, word } = known.get(cluster) ?? namePattern(cluster)
    known.set(cluster, { name, word })
    if (name === '' || !text.includes(name) || text.includes(nameMark)) return text
    return text.replace(word, () => nameMark)
  }
}

/** `fleet/prod-eu` is called `prod-eu`. */
function namePattern(id: string): { readonly name: string; readonly word: RegExp } {
  const name = id.slice(id.indexOf('/') + 1)
  const escaped = name.replace(/[^A-Za-z0-9]/g, '\\$&')
  return { name, word: new RegExp(`(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`, 'g') }
}
