import type { Access } from '../../sources/source-remote-port.ts'

/**
 * `machine HOST login USER password SECRET`, as curl and Git read it: any white space, `#` comments, quoted values, macros
 * skipped. `default` is left out on purpose: credentials belong to one host.
 */
export function parseNetrc(text: string): Map<string, Access> {
  const withoutMacros = text.replace(/^\s*macdef\b[^]*?(?:\n\s*\n|$(?![^]))/gm, '\n')
  const words = [...withoutMacros.matchAll(/"((?:[^"\\]|\\.)*)"|#[^\n]*|(\S+)/g)].flatMap(
    ([, quoted, plain]) =>
      quoted !== undefined ? [quoted.replace(/\\(.)/g, '$1')] : plain !== undefined ? [plain] : [],
  )
  const machines = new Map<string, Access>()
  let host: string | undefined
  for (let at = 0; at < words.length; at += 2) {
    const [word, value] = [words[at], words[at + 1]]
    if (word === 'machine' && value !== undefined) {
      host = value.toLowerCase()
      if (!machines.has(host)) machines.set(host, {})
    } else if (word === 'default') {
      host = undefined
      at -= 1
    } else if (host !== undefined && value !== undefined && (word === 'login' || word === 'password')) {
      machines.set(host, { ...machines.get(host), [word === 'login' ? 'username' : 'password']: value })
    }
  }
  return machines
}
