/** What a visitor wants to see of a fleet. Empty texts ask for nothing. */
export interface FleetQuery {
  /** Part of a name, or labels: `prod`, `env=prod, tier=web`. */
  readonly cluster: string
  /** Part of the name of an add-on, or of its chart. */
  readonly addOn: string
  /** Only clusters with conflicts or holds. */
  readonly isTroubledOnly: boolean
  /** 1 for the first. */
  readonly page: number
}

/** Longer ones find nothing that a shorter one would not. */
const mostCharacters = 200

/** Anything may stand in an address: what makes no sense counts as not asked for. */
export function parseFleetQuery(search: string): FleetQuery {
  const given = new URLSearchParams(search)
  const text = (name: string): string => (given.get(name) ?? '').trim().slice(0, mostCharacters)
  const page = /^[1-9]\d{0,5}$/.exec(text('page'))
  return {
    cluster: text('cluster'),
    addOn: text('addon'),
    isTroubledOnly: text('only') === 'troubled',
    page: page === null ? 1 : Number(page[0]),
  }
}

/** The address of a query, below a path: the first page and what is not asked for are left out. */
export function toFleetAddress(path: string, { cluster, addOn, isTroubledOnly, page }: FleetQuery): string {
  const search = new URLSearchParams({
    ...(cluster !== '' && { cluster }),
    ...(addOn !== '' && { addon: addOn }),
    ...(isTroubledOnly && { only: 'troubled' }),
    ...(page > 1 && { page: String(page) }),
  }).toString()
  return search === '' ? path : `${path}?${search}`
}
