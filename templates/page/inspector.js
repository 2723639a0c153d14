'use strict'

// What stands behind a cell of the matrix, and the names behind a count of clusters. Everything is copied from the page.
{
  const table = /** @type {HTMLTableElement} */ (document.getElementById('grid'))
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('inspector'))
  const title = /** @type {HTMLElement} */ (document.getElementById('inspector-title'))
  const content = /** @type {HTMLElement} */ (document.getElementById('inspector-content'))
  const names = /** @type {HTMLElement} */ (document.getElementById('names'))
  /** @type {HTMLElement | null} */
  let opener = null

  /** @param {readonly number[]} members */
  const nameClusters = (members) =>
    members.length === 1 ? (fleet.clusters[members[0] ?? -1]?.id ?? '') : fleet.countClusters(members.length)

  /**
   * A copy of what concerns any of these clusters.
   * @param {Element} source
   * @param {readonly number[]} members
   */
  const copyFor = (source, members) => {
    const copy = /** @type {HTMLElement} */ (source.cloneNode(true))
    const wanted = new Set(members)
    for (const part of [copy, .../** @type {NodeListOf<HTMLElement>} */ (copy.querySelectorAll('li[data-set],tr[data-set]'))]) {
      const own = fleet.membersOf(part)
      if (part !== copy && own && !own.some((index) => wanted.has(index))) part.remove()
    }
    const ids = new Set(members.map((index) => fleet.clusters[index]?.id))
    for (const part of copy.querySelectorAll('.lines')) {
      const lines = (part.textContent ?? '').split('\n').filter((line) => ids.has(line.slice(0, line.indexOf(': '))))
      part.textContent = lines.join('\n')
      if (lines.length === 0) part.closest('.more')?.remove()
      else part.closest('.more')?.setAttribute('open', '')
    }
    for (const part of [copy, ...copy.querySelectorAll('[id]')]) part.removeAttribute('id')
    copy.hidden = false
    return copy
  }

  /**
   * @param {Element} fold
   * @param {readonly number[]} members
   */
  const partsOfFold = (fold, members) => {
    const wanted = new Set(members)
    const why = fold.querySelector(':scope > .inside > .why')
    const objects = [...fold.querySelectorAll('.object')].filter((object) =>
      fleet.membersOf(/** @type {HTMLElement} */ (object))?.some((index) => wanted.has(index)),
    )
    const link = /** @type {HTMLAnchorElement} */ (fleet.element('a', 'Show it among the changes'))
    link.href = `#${fold.querySelector('.inside')?.id ?? ''}`
    return [
      ...(why ? [fleet.element('h3', 'Why'), copyFor(why, members)] : []),
      fleet.element('h3', `${objects.length} ${objects.length === 1 ? 'object' : 'objects'}`),
      ...objects.map((object) => copyFor(object, members)),
      link,
    ]
  }

  /** @param {readonly (readonly [string, string])[]} rows */
  const describe = (rows) => {
    const list = document.createElement('dl')
    for (const [term, text] of rows) if (text !== '') list.append(fleet.element('dt', term), fleet.element('dd', text))
    return list
  }

  /** @param {HTMLTableCellElement} cell */
  const showCell = (cell) => {
    const row = /** @type {HTMLTableRowElement} */ (cell.parentElement)
    const head = row.cells[0]
    const members = (head && fleet.membersOf(head)) ?? []
    const unit = table.tHead?.rows[0]?.cells[cell.cellIndex]?.dataset['unit'] ?? ''
    const place = cell.querySelector('a')?.getAttribute('href')?.slice(1) ?? ''
    const fold = document.getElementById(place)?.closest('.fold')
    const owner = fleet.owners[Number(cell.dataset['owner'] ?? -1)] ?? ''
    const version = cell.querySelector('a > span')?.textContent ?? cell.textContent ?? ''
    title.textContent = `${unit} on ${nameClusters(members)}`
    content.replaceChildren(
      describe([
        ['Change', version === '' ? 'not there' : (cell.classList.item(0) ?? 'none')],
        ['Before', cell.querySelector('s')?.textContent ?? ''],
        ['Version', version],
        ['Owner', fold?.querySelector('.owners')?.textContent ?? owner],
      ]),
      ...(fold ? partsOfFold(fold, members) : []),
    )
  }

  /** @param {HTMLTableCellElement} head */
  const showClusters = (head) => {
    const members = fleet.membersOf(head) ?? []
    const row = /** @type {HTMLTableRowElement} */ (head.parentElement)
    const only = members.length === 1 ? fleet.clusters[members[0] ?? -1] : undefined
    const labels = Object.entries(only?.labels ?? {}).map(([key, value]) => `${key}=${value}`)
    title.textContent = nameClusters(members)
    const list = document.createElement('ul')
    for (const cell of row.cells) {
      const link = cell.querySelector('a')
      const unit = table.tHead?.rows[0]?.cells[cell.cellIndex]?.dataset['unit'] ?? ''
      if (!link) continue
      const item = fleet.element('li', `${cell.classList.item(0) ?? ''}: `)
      const entry = /** @type {HTMLAnchorElement} */ (fleet.element('a', unit))
      entry.href = link.getAttribute('href') ?? ''
      item.append(entry)
      list.append(item)
    }
    content.replaceChildren(
      describe([
        ['Kubernetes', only?.version ?? ''],
        ['Labels', labels.join(', ')],
        ['Clusters', only ? '' : members.map((index) => fleet.clusters[index]?.id ?? '').join(', ')],
      ]),
      fleet.element('h3', list.children.length === 0 ? 'Nothing changes' : 'What changes'),
      list,
    )
  }

  const close = () => {
    dialog.close()
    opener?.focus()
  }

  table.addEventListener('click', (event) => {
    const cell = event.target instanceof Element ? event.target.closest('tbody th, tbody td') : null
    if (!(cell instanceof HTMLTableCellElement) || cell.parentElement?.className === 'part') return
    event.preventDefault()
    opener = cell
    if (cell.tagName === 'TH') showClusters(cell)
    else showCell(cell)
    cell.tabIndex = 0
    dialog.show()
    title.focus()
  })
  document.getElementById('inspector-close')?.addEventListener('click', close)
  dialog.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') close()
  })

  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a.set') : null
    if (!(link instanceof HTMLElement)) return
    event.preventDefault()
    const list = document.createElement('ul')
    for (const index of fleet.membersOf(link) ?? []) list.append(fleet.element('li', fleet.clusters[index]?.id ?? ''))
    names.replaceChildren(fleet.element('b', link.textContent ?? ''), list)
    names.showPopover()
  })

  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button[data-unfold],button[data-fold-up]') : null
    if (!(button instanceof HTMLElement)) return
    const { unfold, foldUp } = button.dataset
    for (const details of document.querySelectorAll(`${unfold ?? foldUp ?? ''} details`))
      if (details instanceof HTMLDetailsElement && !details.hidden) details.open = unfold !== undefined
  })
}
