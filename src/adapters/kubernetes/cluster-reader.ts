import type { ClusterReader } from '../../observe/cluster-reader-port.ts'
import { isObject } from './answered-object.ts'
import type { ApiClient } from './api-client.ts'
import { discover } from './discovery.ts'
import { listPages } from './list-pages.ts'
import { watchEvents } from './watch-events.ts'

export function createClusterReader(client: ApiClient): ClusterReader {
  return {
    async version(signal) {
      const path = '/version'
      const answer = await client.get({ path }, { signal })
      const version = isObject(answer) ? answer['gitVersion'] : undefined
      if (typeof version === 'string' && version !== '') return version
      throw client.failure('bad-answer', path, `answers GET ${path} with something that is no version`)
    },
    discover: (signal) => discover(client, signal),
    list: (list, signal) => listPages(client, list, signal),
    watch: (list, resourceVersion, signal) => watchEvents(client, list, { resourceVersion, signal }),
    close: () => client.close(),
  }
}
