import { ClusterError } from '../../diagnostics/cluster-error.ts'

/** A cluster whose address cannot be used as it is. `name` says which, `fault` goes on: `names no server`. */
export function addressError(name: string, fault: string, hint?: string): ClusterError {
  return new ClusterError('address', {
    operation: `open ${name}`,
    message: `${name} ${fault}`,
    ...(hint !== undefined && { hint }),
  })
}
