'use strict'

// Rows and columns of the matrix under the filters. Rows are copies of those that the page came with: one for each group of
// equal clusters, whose first cell says which clusters of it are shown.
{
  const table = /** @type {HTMLTableElement} */ (document.getElementById('grid'))
  const select = /** @type {HTMLSelectElement} */ (document.getElementById('rows'))
  const shown = /** @type {HTMLOutputElement} */ (document.getElementById('clusters-shown'))
  const body = /** @type {HTMLTableSectionElement} */ (table.tBodies[0])
  const headings = [...(table.tHead?.rows[0]?.cells ?? [])]
  const sources = [...body.rows].map((row, index) => ({
    row,
    members: fleet.groups[fleet.rows[index] ?? -1] ?? [],
  }))
  const changed = headings.map((_, column) => sources.some(({ row }) => row.cells[column]?.className))

  table.setAttribute('role', 'grid')
  for (const { row } of sources)
    for (const cell of row.cells) if (cell.tagName === 'TD') cell.setAttribute('role', 'gridcell')

  // Labels that tell clusters apart without giving each its own group.
  for (const key of [...new Set(fleet.clusters.flatMap(({ labels }) => Object.keys(labels)))].sort()) {
    const values = new Set(fleet.clusters.map(({ labels }) => labels[key]))
    if (values.size > 1 && values.size <= 40) select.add(new Option(`by label ${key}`, `label:${key}`))
  }

  /** @typedef {{ heading?: string, has: (index: number) => boolean }} Part */

  /** @returns {Part[]} */
  const partsOf = () => {
    if (!select.value.startsWith('label:')) return [{ has: () => true }]
    const key = select.value.slice('label:'.length)
    const valueOf = (/** @type {number} */ index) => fleet.clusters[index]?.labels[key]
    const values = [...new Set(fleet.clusters.map((_, index) => valueOf(index)))].sort()
    return values.map((value) => ({
      heading: value === undefined ? `without ${key}` : `${key}=${value}`,
      has: (index) => valueOf(index) === value,
    }))
  }

  /** @typedef {{ row: HTMLTableRowElement, shape?: string }} Copy */

  /** Rows that were made once: with each sign that somebody types, most are the same again. */
  /** @type {Map<string, Copy>} */
  const copies = new Map()

  /**
   * @param {number} source
   * @param {readonly number[]} members
   * @returns {Copy}
   */
  const copyRow = (source, members) => {
    const key = `${source} ${members.join(',')}`
    const known = copies.get(key)
    if (known) return known
    const row = /** @type {HTMLTableRowElement} */ (sources[source]?.row.cloneNode(true))
    const head = row.cells[0]
    const ids = members.map((index) => fleet.clusters[index]?.id ?? '')
    const only = fleet.clusters[members[0] ?? -1]
    const [name, note] = [head?.querySelector('b'), head?.querySelector('small')]
    if (name) name.textContent = ids.length === 1 ? (ids[0] ?? '') : fleet.countClusters(ids.length)
    if (note) note.textContent = ids.length === 1 ? (only?.version ?? '') : `${ids[0]} … ${ids.at(-1)}`
    if (head) head.dataset['members'] = members.join(',')
    const copy = { row }
    copies.set(key, copy)
    return copy
  }

  /** @param {string} text */
  const headingRow = (text) => {
    const row = document.createElement('tr')
    row.setAttribute('role', 'row')
    row.className = 'part'
    const cell = fleet.element('th', text)
    cell.setAttribute('role', 'rowheader')
    row.append(cell)
    return row
  }

  /**
   * @param {HTMLTableRowElement} row
   * @param {readonly boolean[]} hidden
   * @param {ReadonlySet<string> | undefined} folds
   */
  const shape = (row, hidden, folds) => {
    for (const [column, cell] of [...row.cells].entries()) {
      cell.hidden = hidden[column] === true
      const fold = cell.querySelector('a')?.getAttribute('href')?.slice(1)
      cell.classList.toggle('dim', folds !== undefined && cell.className !== '' && !folds.has(fold ?? ''))
    }
  }

  /** @param {FilterDetail} filter */
  const show = ({ clusters, relevant, unit, folds, onlyChanged }) => {
    const visible = (/** @type {number} */ index) => clusters[index] === true && (relevant?.has(index) ?? true)
    const hidden = headings.map(
      (heading, column) =>
        column > 0 &&
        ((unit !== '' && heading.dataset['unit'] !== unit) || (onlyChanged && !changed[column])),
    )
    const wanted = JSON.stringify([hidden, folds && [...folds]])
    /** @type {HTMLTableRowElement[]} */
    const rows = []
    const seen = new Set()
    for (const part of partsOf()) {
      const own = sources.flatMap(({ members }, source) => {
        const some = members.filter((index) => visible(index) && part.has(index))
        for (const index of some) seen.add(index)
        if (some.length === 0) return []
        return select.value === 'each' ? some.map((index) => copyRow(source, [index])) : [copyRow(source, some)]
      })
      if (own.length > 0 && part.heading !== undefined) rows.push(headingRow(part.heading))
      for (const copy of own) {
        if (copy.shape !== wanted) shape(copy.row, hidden, folds)
        copy.shape = wanted
        rows.push(copy.row)
      }
    }
    for (const row of table.tHead?.rows ?? []) shape(row, hidden, undefined)
    body.replaceChildren(...rows)
    table.setAttribute('aria-rowcount', String(rows.length + 1))
    const all = fleet.rows.reduce((sum, row) => sum + (fleet.groups[row]?.length ?? 0), 0)
    shown.textContent = `${seen.size === all ? '' : `${seen.size} of `}${fleet.countClusters(all)} in ${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`
    document.dispatchEvent(new CustomEvent('fleet:rows'))
  }

  document.addEventListener('fleet:filter', (event) => {
    show(/** @type {CustomEvent<FilterDetail>} */ (event).detail)
  })
}
