'use strict'
/* exported selectors */

/** What people type to find clusters: parts of names, and label selectors as kubectl has them. */
const selectors = (() => {
  /** @typedef {(labels: Record<string, string>) => boolean} Matches */

  const requirement = /^\s*(?:(!?)([\w./-]+)|([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)|([\w./-]+)\s+(in|notin)\s*\(([^()]*)\))\s*$/

  /**
   * `env=prod,tier!=gold,region in (eu, us),!legacy`. Undefined for what is no label selector.
   * @param {string} text
   * @returns {Matches | undefined}
   */
  const parseLabels = (text) => {
    if (text.trim() === '') return () => true
    /** @type {Matches[]} */
    const parts = []
    for (const part of text.split(/,(?![^(]*\))/)) {
      const match = requirement.exec(part)
      if (!match) return undefined
      const [, not, present, equalKey, operator, value, setKey, setOperator, values = ''] = match
      if (present !== undefined) parts.push((labels) => Object.hasOwn(labels, present) !== (not === '!'))
      else if (equalKey !== undefined)
        parts.push((labels) => (labels[equalKey] === value) !== (operator === '!='))
      else if (setKey !== undefined) {
        const wanted = values.split(',').map((one) => one.trim())
        parts.push(
          (labels) =>
            (Object.hasOwn(labels, setKey) && wanted.includes(labels[setKey] ?? '')) !== (setOperator === 'notin'),
        )
      }
    }
    return (labels) => parts.every((matches) => matches(labels))
  }

  /**
   * `prod, *-eu-*`: any of these parts of a name; `*` stands for anything.
   * @param {string} text
   * @returns {(name: string) => boolean}
   */
  const parseNames = (text) => {
    const patterns = text
      .toLowerCase()
      .split(',')
      .map((part) => part.trim().split('*').filter(Boolean))
      .filter((part) => part.length > 0)
    return (name) =>
      patterns.length === 0 ||
      patterns.some((parts) => {
        let from = 0
        return parts.every((part) => {
          const at = name.toLowerCase().indexOf(part, from)
          from = at + part.length
          return at !== -1
        })
      })
  }

  return { parseLabels, parseNames }
})()
