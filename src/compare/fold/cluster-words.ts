import type { Side } from '../types.ts'
import { ownName } from '../units/likeness.ts'

/** A text with a blank where it names its cluster; different texts of one cluster stay different. */
export type Blank = (cluster: string, text: string) => string

const blankName = '\u0001'
const blankWhole = '\u0002'
const taken = /[\0\u0001\u0002]/

/**
 * What sets clusters apart in names: `grafana-prod-eu` is to `prod-eu` what `grafana-prod-us` is to `prod-us`. A name counts
 * where it stands as a word; its namespace only in front of it.
 */
export function createBlank(...sides: readonly Side[]): Blank {
  const names = new Map(
    sides.flatMap(({ plan }) => plan?.clusters ?? []).map(({ cluster }) => [cluster.id, cluster.name]),
  )
  const blanks = new Map<string, (text: string) => string>()
  return (cluster, text) => {
    const blank = blanks.get(cluster) ?? blankFor(cluster, names.get(cluster))
    blanks.set(cluster, blank)
    return blank(text)
  }
}

function blankFor(id: string, known: string | undefined): (text: string) => string {
  const slash = id.indexOf('/')
  const name = known ?? id.slice(slash + 1)
  if (name === '') return (text) => text
  const own = ownName(name)
  const whole = new RegExp(`${ownName(id.slice(0, Math.max(0, slash))).source}([-/._])${blankName}`, 'g')
  return (text) => {
    // Nobody calls an object so but to be taken for another one.
    if (taken.test(text)) return `\0${text}`
    if (!text.includes(name)) return text
    const blanked = text.replace(own, blankName)
    return slash > 0 ? blanked.replace(whole, `${blankWhole}$1`) : blanked
  }
}
