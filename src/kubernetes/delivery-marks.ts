/** What fleetwright writes on the objects of Flux and Argo CD that it makes, so that it finds them again. */
export const managedBy = { label: 'app.kubernetes.io/managed-by', value: 'fleetwright' } as const

/** `<namespace>/<name>` of the cluster that is delivered to. */
export const clusterAnnotation = 'fleetwright.dev/cluster'
/** Id of the profile, absent on what nobody wrote. */
export const profileAnnotation = 'fleetwright.dev/profile'
/** Name of the unit, as its folder on the rendered branch. */
export const unitAnnotation = 'fleetwright.dev/unit'
