'use strict'
/* exported fleet */

/**
 * What is left to show. Carried by the event `fleet:filter`.
 * @typedef {object} FilterDetail
 * @property {readonly boolean[]} clusters which clusters were asked for, by index
 * @property {ReadonlySet<number> | undefined} relevant those that what is left concerns; undefined where all are
 * @property {string} unit the one add-on that was asked for, or ''
 * @property {ReadonlySet<string> | undefined} folds fragments of the changes that are left; undefined where all are
 * @property {boolean} onlyChanged
 */

/** What the other scripts share: the clusters of the page, and the groups of them that its elements name by number. */
const fleet = (() => {
  /**
   * @typedef {object} Cluster
   * @property {string} id
   * @property {string} version
   * @property {Record<string, string>} labels
   */

  /** @type {unknown} */
  const parsed = JSON.parse(document.getElementById('data')?.textContent ?? '')
  const data = /** @type {{ clusters: Cluster[], groups: string[], rows: number[], owners: string[] }} */ (
    parsed
  )

  /** @param {string} ranges `0-36,40` */
  const parseRanges = (ranges) =>
    ranges.split(',').flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number)
      return ranges === '' ? [] : Array.from({ length: last - first + 1 }, (_, offset) => first + offset)
    })

  const groups = data.groups.map(parseRanges)

  /**
   * Indices of the clusters that an element is about; undefined where it is about the repository.
   * @param {HTMLElement} element
   */
  const membersOf = (element) => {
    const { members, set } = element.dataset
    if (members !== undefined) return parseRanges(members)
    return set === undefined ? undefined : (groups[Number(set)] ?? [])
  }

  /**
   * Shows an element wherever it is: folded away, or hidden by the filters.
   * @param {string} id
   */
  const reveal = (id) => {
    const target = document.getElementById(id)
    if (!target) return
    for (let around = target; around.parentElement; around = around.parentElement) {
      around.hidden = false
      if (around instanceof HTMLDetailsElement) around.open = true
    }
    const details = target.closest('details')
    const summary = details?.querySelector('summary')
    const place = summary ?? target
    const lead = () => {
      place.scrollIntoView({ block: 'start' })
      summary?.focus({ preventScroll: true })
    }
    lead()
    // What has come in sight is laid out in the next frame, and may be higher than it was taken for; and a browser that
    // follows the fragment of an address itself, after this, takes the focus away.
    requestAnimationFrame(() => requestAnimationFrame(lead))
  }

  /**
   * @param {string} tag
   * @param {string} text
   * @param {string} [className]
   */
  const element = (tag, text, className = '') => {
    const made = document.createElement(tag)
    made.textContent = text
    if (className !== '') made.className = className
    return made
  }

  /** @param {number} count */
  const countClusters = (count) => `${count} ${count === 1 ? 'cluster' : 'clusters'}`

  for (const control of document.querySelectorAll('.needs-script')) control.classList.remove('needs-script')

  return { ...data, groups, membersOf, reveal, element, countClusters }
})()
