import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { addressError } from './address-error.ts'
import { mergeKubeconfigs, parseKubeconfig, type Kubeconfig } from './kubeconfig.ts'

/** Where the user's own contexts are: files as kubectl merges them, or a text. */
export type KubeconfigPlace =
  | { readonly type: 'files'; readonly paths: readonly string[] }
  | { readonly type: 'text'; readonly text: string }

/** As kubectl: the files of KUBECONFIG, else `~/.kube/config`. */
export function defaultKubeconfigPlace(
  environment: Readonly<Record<string, string | undefined>>,
): KubeconfigPlace {
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((path) => path !== '')
  const home = environment['HOME'] ?? environment['USERPROFILE'] ?? ''
  return { type: 'files', paths: listed.length > 0 ? listed : [join(home, '.kube', 'config')] }
}

/** Throws ClusterError `address`. Of several files some may be absent, as kubectl has it; not all. */
export async function readKubeconfig(place: KubeconfigPlace): Promise<Kubeconfig> {
  if (place.type === 'text') return parseKubeconfig(place.text, 'the kubeconfig')
  const found: Kubeconfig[] = []
  for (const path of place.paths) {
    const name = `the kubeconfig ${path}`
    try {
      found.push(parseKubeconfig(await readFile(path, 'utf8'), name, dirname(path)))
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT') continue
      if (code !== undefined) throw addressError(name, `cannot be read (${code})`)
      throw error
    }
  }
  if (found.length > 0) return mergeKubeconfigs(found)
  throw addressError(
    place.paths.map((path) => `the kubeconfig ${path}`).join(', '),
    'is not there',
    'name one by KUBECONFIG',
  )
}
