'use strict'

// The matrix is one stop of the Tab key; arrows move inside of it. `/` leads to the text filter from anywhere.
{
  const table = /** @type {HTMLTableElement} */ (document.getElementById('grid'))
  const scroller = table.parentElement
  /** Kept apart from the rows, which are made anew with each filter. */
  let [currentRow, currentColumn] = [1, 1]

  const rows = () => [...table.rows].filter((row) => !row.hidden)
  /** @param {HTMLTableRowElement | undefined} row */
  const cellsOf = (row) => [...(row?.cells ?? [])].filter((cell) => !cell.hidden)

  /**
   * @param {number} row
   * @param {number} column
   */
  const cellAt = (row, column) => {
    const all = rows()
    const cells = cellsOf(all[Math.min(Math.max(row, 0), all.length - 1)])
    return cells[Math.min(Math.max(column, 0), cells.length - 1)]
  }

  /** @param {HTMLElement | null} cell */
  const makeCurrent = (cell) => {
    for (const other of table.querySelectorAll('[tabindex="0"]')) other.setAttribute('tabindex', '-1')
    cell?.setAttribute('tabindex', '0')
  }

  const settle = () => {
    scroller?.removeAttribute('tabindex')
    for (const link of table.querySelectorAll('td a:not([tabindex])')) link.setAttribute('tabindex', '-1')
    makeCurrent(cellAt(currentRow, currentColumn) ?? null)
  }

  /**
   * @param {number} row
   * @param {number} column
   */
  const moveTo = (row, column) => {
    const all = rows()
    currentRow = Math.min(Math.max(row, 0), all.length - 1)
    const cell = cellAt(currentRow, column)
    if (!cell) return
    currentColumn = Math.min(Math.max(column, 0), Math.max(cellsOf(all[currentRow]).length - 1, 0))
    makeCurrent(cell)
    cell.focus()
  }

  table.addEventListener('focusin', ({ target }) => {
    const cell = target instanceof Element ? /** @type {HTMLTableCellElement | null} */ (target.closest('th,td')) : null
    const row = /** @type {HTMLTableRowElement | undefined} */ (cell?.parentElement ?? undefined)
    if (!cell || !row) return
    currentRow = rows().indexOf(row)
    currentColumn = cellsOf(row).indexOf(cell)
    makeCurrent(cell)
  })

  /** @type {Record<string, (control: boolean) => readonly [number, number]>} */
  const moves = {
    ArrowUp: () => [currentRow - 1, currentColumn],
    ArrowDown: () => [currentRow + 1, currentColumn],
    ArrowLeft: () => [currentRow, currentColumn - 1],
    ArrowRight: () => [currentRow, currentColumn + 1],
    PageUp: () => [currentRow - 10, currentColumn],
    PageDown: () => [currentRow + 10, currentColumn],
    Home: (control) => [control ? 0 : currentRow, 0],
    End: (control) => [control ? Number.MAX_SAFE_INTEGER : currentRow, Number.MAX_SAFE_INTEGER],
  }

  table.addEventListener('keydown', (event) => {
    const move = moves[event.key]
    if (move && !event.altKey && !event.metaKey) moveTo(...move(event.ctrlKey))
    else if (event.key === 'Enter' || event.key === ' ') {
      if (event.target instanceof HTMLElement) event.target.click()
    } else return
    event.preventDefault()
  })

  document.addEventListener('fleet:rows', settle)

  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof Element && event.target.closest('input,select,textarea')
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    const field = document.querySelector('#filters [name="q"]')
    if (!(field instanceof HTMLInputElement)) return
    event.preventDefault()
    field.focus()
    field.select()
  })
}
