import type { SourceRemote } from '../../sources/source-remote-port.ts'
import type { SourceRemoteOptions } from './charts.ts'

/**
 * The remote of `createSourceRemote`, loaded when something is asked of it: its clients take longer to load than a compile
 * takes whose charts lie in the repository or in the cache.
 */
export function createLazySourceRemote(options: SourceRemoteOptions): SourceRemote {
  let loading: Promise<SourceRemote> | undefined
  const load = async (): Promise<SourceRemote> => {
    const { createSourceRemote } = await import('./charts.ts')
    return createSourceRemote(options)
  }
  const remote = (): Promise<SourceRemote> => (loading ??= load())
  return {
    list: async (reference, access) => (await remote()).list(reference, access),
    download: async (reference, offer, given) => (await remote()).download(reference, offer, given),
    async close() {
      if (loading) await (await loading).close()
    },
  }
}
