'use strict'

// The filters hide what does not match, keep their state in the fragment of the address, and tell the matrix what is left.
{
  const form = /** @type {HTMLFormElement} */ (document.getElementById('filters'))
  const output = /** @type {HTMLOutputElement} */ (document.getElementById('shown'))
  const fault = /** @type {HTMLElement} */ (document.getElementById('labels-fault'))
  /** @param {string} selector */
  const all = (selector) => /** @type {HTMLElement[]} */ ([...document.querySelectorAll(selector)])
  const changes = all('#changes .fold').map((fold) => ({
    fold,
    id: fold.querySelector('.inside')?.id ?? '',
    members: fleet.membersOf(fold) ?? [],
    objects: /** @type {HTMLElement[]} */ ([...fold.querySelectorAll('.object')]),
  }))
  const dangers = all('#dangers .danger')
  const messages = all('#upgrades .upgrade, #diagnostics .fault, #held .hold')

  /** Reading what an element says takes long, and it never changes. */
  /** @type {WeakMap<HTMLElement, string>} */
  const texts = new WeakMap()
  /** @param {HTMLElement} element */
  const textOf = (element) => {
    const known = texts.get(element)
    if (known !== undefined) return known
    const text = (element.textContent ?? '').toLowerCase()
    texts.set(element, text)
    return text
  }
  /** @param {HTMLElement} fold without its objects */
  const headOf = (fold) =>
    [...fold.querySelectorAll(':scope > summary, :scope > .inside > .why, :scope > .inside > .images')]
      .map((part) => textOf(/** @type {HTMLElement} */ (part)))
      .join('\n')

  const readFields = () => {
    const fields = new FormData(form)
    const field = (/** @type {string} */ name) => {
      const value = fields.get(name)
      return typeof value === 'string' ? value.trim() : ''
    }
    return {
      text: field('q').toLowerCase(),
      cluster: field('cluster'),
      labels: field('labels'),
      unit: field('addon'),
      danger: field('danger'),
      kinds: fields.getAll('change').map(String),
      onlyChanged: fields.has('changed'),
    }
  }

  /** @typedef {ReturnType<typeof readFields>} Fields */

  /** @param {Fields} fields */
  const clustersFor = ({ cluster, labels }) => {
    const matches = selectors.parseLabels(labels)
    fault.textContent = matches ? '' : 'This is no label selector.'
    form.querySelector('[name="labels"]')?.setAttribute('aria-invalid', String(!matches))
    const hasName = selectors.parseNames(cluster)
    return fleet.clusters.map((one) => hasName(one.id) && (matches?.(one.labels) ?? true))
  }

  /**
   * @param {HTMLElement} element
   * @param {string} danger
   */
  const hasDanger = (element, danger) => {
    const words = (element.dataset['dangers'] ?? '').split(' ').filter(Boolean)
    return danger === '' || (danger === 'any' ? words.length > 0 : words.includes(danger))
  }

  /**
   * @param {Fields} fields
   * @param {readonly boolean[]} clusters
   */
  const filterChanges = ({ text, unit, danger, kinds }, clusters) => {
    const left = new Set()
    /** @type {Set<number>} */
    const concerned = new Set()
    for (const { fold, id, members, objects } of changes) {
      const isWanted =
        members.some((index) => clusters[index]) &&
        (unit === '' || fold.dataset['unit'] === unit) &&
        (kinds.length === 0 || kinds.includes(fold.dataset['change'] ?? '')) &&
        hasDanger(fold, danger)
      const saysIt = text === '' || headOf(fold).includes(text)
      const isDangerOfObjects = objects.some((object) => hasDanger(object, danger))
      let some = saysIt
      for (const object of objects) {
        const own = fleet.membersOf(object) ?? []
        const isLeft =
          isWanted &&
          own.some((index) => clusters[index]) &&
          (saysIt || textOf(object).includes(text)) &&
          (!isDangerOfObjects || hasDanger(object, danger))
        object.hidden = !isLeft
        if (isLeft) some = true
        if (isLeft && !saysIt) for (const index of own) concerned.add(index)
      }
      fold.hidden = !(isWanted && some)
      if (fold.hidden) continue
      left.add(id)
      if (saysIt) for (const index of members) concerned.add(index)
    }
    return { left, concerned }
  }

  /**
   * @param {readonly HTMLElement[]} elements
   * @param {Fields} fields
   * @param {readonly boolean[]} clusters
   */
  const filterMessages = (elements, { text, unit, danger, kinds }, clusters) => {
    for (const element of elements) {
      const { unit: own, fold } = element.dataset
      const members = fleet.membersOf(element)
      const change = fold === undefined ? undefined : changes.find((one) => one.fold.dataset['fold'] === fold)
      element.hidden =
        // What concerns the repository concerns every cluster.
        (members !== undefined && !members.some((index) => clusters[index])) ||
        (unit !== '' && own !== unit) ||
        (element.dataset['dangers'] !== undefined && !hasDanger(element, danger)) ||
        (kinds.length > 0 && change !== undefined && !kinds.includes(change.fold.dataset['change'] ?? '')) ||
        !textOf(element).includes(text)
    }
  }

  const sayWhatIsLeft = () => {
    for (const section of all('main > section')) {
      const items = /** @type {HTMLElement[]} */ ([...section.querySelectorAll('.fold,.danger,.upgrade,.fault,.hold')])
      const nothing = section.querySelector(':scope > .nothing')
      if (nothing instanceof HTMLElement) nothing.hidden = items.length === 0 || items.some(({ hidden }) => !hidden)
      for (const bundle of section.querySelectorAll('details.bundle')) {
        const inside = /** @type {HTMLElement[]} */ ([...bundle.querySelectorAll('.fold,.object')])
        if (bundle instanceof HTMLElement) bundle.hidden = inside.length > 0 && inside.every(({ hidden }) => hidden)
      }
    }
    /**
     * @param {readonly HTMLElement[]} elements
     * @param {string} noun
     */
    const countShown = (elements, noun) => {
      const count = elements.filter(({ hidden }) => !hidden).length
      const of = count === elements.length ? '' : `${count} of `
      return `${of}${elements.length} ${noun}${elements.length === 1 ? '' : 's'}`
    }
    const folds = changes.map(({ fold }) => fold)
    output.textContent = `${countShown(folds, 'change')}, ${countShown(dangers, 'danger')}`
  }

  const apply = () => {
    const fields = readFields()
    const clusters = clustersFor(fields)
    const { left, concerned } = filterChanges(fields, clusters)
    filterMessages([...dangers, ...messages], fields, clusters)
    sayWhatIsLeft()
    const isAboutChanges = fields.text !== '' || fields.danger !== '' || fields.kinds.length > 0
    if (fields.text !== '')
      for (const [index, { id }] of fleet.clusters.entries())
        if (id.toLowerCase().includes(fields.text)) concerned.add(index)
    /** @type {FilterDetail} */
    const detail = {
      clusters,
      relevant: isAboutChanges || fields.onlyChanged ? concerned : undefined,
      unit: fields.unit,
      folds: isAboutChanges ? left : undefined,
      onlyChanged: fields.onlyChanged,
    }
    document.dispatchEvent(new CustomEvent('fleet:filter', { detail }))
  }

  const writeAddress = () => {
    const state = new URLSearchParams()
    for (const [name, value] of new FormData(form)) if (typeof value === 'string' && value !== '') state.append(name, value)
    const fragment = state.toString()
    try {
      history.replaceState(null, '', fragment === '' ? location.pathname + location.search : `#${fragment}`)
    } catch {
      // Where an address cannot be changed, the filters work all the same.
    }
  }

  /** A fragment with `=` holds filters, and where to go in `at`; another is where to go. */
  const readAddress = () => {
    const fragment = location.hash.slice(1)
    const state = new URLSearchParams(fragment.includes('=') ? fragment : '')
    if (fragment.includes('=') || fragment === '') {
      for (const control of form.elements) {
        if (control instanceof HTMLInputElement && control.type === 'checkbox')
          control.checked = state.getAll(control.name).includes(control.value)
        else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement)
          control.value = state.get(control.name) ?? ''
      }
    }
    apply()
    const place = state.get('at') ?? (fragment.includes('=') ? '' : fragment)
    if (place !== '') fleet.reveal(place)
  }

  // Some controls of the form stand elsewhere, and their events pass it by.
  document.addEventListener('input', ({ target }) => {
    const isControl = target instanceof HTMLInputElement || target instanceof HTMLSelectElement
    if (!isControl || target.form !== form) return
    writeAddress()
    apply()
  })
  form.addEventListener('submit', (event) => event.preventDefault())
  form.addEventListener('reset', (event) => {
    event.preventDefault()
    for (const control of form.elements) {
      if (control instanceof HTMLInputElement && control.type === 'checkbox') control.checked = false
      else if (control instanceof HTMLInputElement || control instanceof HTMLSelectElement) control.value = ''
    }
    writeAddress()
    apply()
  })
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null
    const place = link?.getAttribute('href')?.slice(1) ?? ''
    if (!link || event.defaultPrevented || place === '') return
    event.preventDefault()
    const state = new URLSearchParams(location.hash.includes('=') ? location.hash.slice(1) : '')
    state.set('at', place)
    try {
      history.replaceState(null, '', `#${state.toString()}`)
    } catch {
      // See above.
    }
    fleet.reveal(place)
  })
  window.addEventListener('hashchange', readAddress)

  // The bar lies over what a link leads to, as far as it is high.
  const measureBar = () => {
    const height = getComputedStyle(form).position === 'sticky' ? form.offsetHeight : 0
    document.documentElement.style.setProperty('--bar', `${height}px`)
  }
  new ResizeObserver(measureBar).observe(form)

  form.hidden = false
  measureBar()
  readAddress()
}
