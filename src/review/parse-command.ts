import { parseKubernetesVersion } from '../config/config.ts'
import { didYouMean } from '../diagnostics/suggestion-list.ts'
import { isObjectName } from '../kubernetes/object-name.ts'
import { isLabelKey, isLabelValue, parseSelector } from '../kubernetes/selector-text.ts'
import { commandLine } from './command-line.ts'
import { commandHelp, commandNames, commandUsage, type CommandWord } from './command-table.ts'

/** Arguments are as the command line takes them: no option can be made of them, and no file is named by them. */
export type ParsedCommand =
  | { readonly name: 'diff'; readonly cluster?: string }
  | { readonly name: 'explain'; readonly object: string }
  /** Each is one `--what-if`. */
  | { readonly name: 'what-if'; readonly changes: readonly string[] }
  /** `<namespace>/<name>`, or the name alone. */
  | { readonly name: 'rollback'; readonly cluster: string }
  | { readonly name: 'approve-delete' | 'compile' | 'help' }
  /** It is answered with help; the hint says in a sentence or two what was not understood. */
  | { readonly name: 'unknown'; readonly hint: string }

/** Longest argument, in characters. */
export const maxArgumentLength = 500

/** Most clusters, and most settings of each, of one `what-if`. */
const maxChanges = 10

/**
 * The command of a comment: its first line that is not blank, if it starts with `/fleet`; undefined for a comment that says
 * nothing to us. One command per comment. Pure.
 * @example parseCommand('/fleet diff env=prod') // { name: 'diff', cluster: 'env=prod' }
 */
export function parseCommand(body: string): ParsedCommand | undefined {
  const line = commandLine(body)
  if (line === undefined) return undefined
  const [, word = 'help', ...words] = line.split(/\s+/)
  const name = commandNames.find((each) => each === word)
  if (name === undefined) {
    const near = didYouMean(clip(word), commandNames)
    return { name: 'unknown', hint: sentence(`there is no command ${quote(word)}`, near) }
  }
  const argument = words.join(' ')
  if (argument.length > maxArgumentLength)
    return misunderstood(name, `its argument is longer than ${maxArgumentLength} characters`)
  const parsed = readers[name](argument, words)
  return typeof parsed === 'string' ? misunderstood(name, parsed) : parsed
}

/** What was meant, or why it is not understood. */
type ReadArgument = (argument: string, words: readonly string[]) => ParsedCommand | string

const readers: Readonly<Record<CommandWord, ReadArgument>> = {
  diff: (argument) => {
    if (argument === '') return { name: 'diff' }
    const isSelector = parseSelector(argument).ok || isClusterId(argument)
    return isSelector
      ? { name: 'diff', cluster: argument }
      : `${quote(argument)} is no selector of labels and no cluster`
  },
  explain: (argument) => {
    if (argument === '') return 'it says nothing to explain'
    return isTarget(argument)
      ? { name: 'explain', object: argument }
      : `${quote(argument)} is no cluster, unit or object`
  },
  'what-if': (_, words) => readWhatIf(words),
  rollback: (argument) => {
    if (argument === '') return 'it names no cluster'
    const isCluster = isClusterId(argument) || isObjectName(argument)
    return isCluster ? { name: 'rollback', cluster: argument } : `${quote(argument)} is no name of a cluster`
  },
  'approve-delete': (argument) => withoutArgument('approve-delete', argument),
  compile: (argument) => withoutArgument('compile', argument),
  // Whatever follows: who asks for help may not know better.
  help: () => ({ name: 'help' }),
}

function withoutArgument(name: 'approve-delete' | 'compile', argument: string): ParsedCommand | string {
  return argument === '' ? { name } : `it takes no argument, and was given ${quote(argument)}`
}

/** `cluster=a version=1.34 cluster=b label:x=y` → `cluster=a,version=v1.34.0` and `cluster=b,label:x=y`. */
function readWhatIf(words: readonly string[]): ParsedCommand | string {
  const changes: string[][] = []
  // As the command line writes it, separated by commas, is understood too.
  for (const setting of words.flatMap((word) => word.split(',')).filter((each) => each !== '')) {
    const current = changes.at(-1)
    const read = readSetting(setting)
    if (typeof read !== 'string') return read.fault
    if (setting.startsWith('cluster=')) changes.push([read])
    else if (current === undefined) return 'the first setting is not `cluster=…`'
    else if (read.startsWith('version=') && current.some((each) => each.startsWith('version=')))
      return `${quote(current[0] ?? '')} is given two versions`
    else current.push(read)
  }
  if (changes.length === 0) return 'it names no cluster'
  if ([changes, ...changes].some(({ length }) => length > maxChanges))
    return `it has more than ${maxChanges} clusters, or settings of one`
  const same = changes.find(({ length }) => length === 1)
  if (same) return `nothing is said of ${quote(same[0] ?? '')} that would be different`
  return { name: 'what-if', changes: changes.map((each) => each.join(',')) }
}

function readSetting(setting: string): string | { readonly fault: string } {
  const equals = setting.indexOf('=')
  const key = equals < 0 ? setting : setting.slice(0, equals)
  const value = equals < 0 ? undefined : setting.slice(equals + 1)
  if (key === 'cluster' && value !== undefined) {
    const isCluster = isClusterId(value) || isObjectName(value)
    return isCluster ? setting : { fault: `${quote(value)} is no name of a cluster` }
  }
  if (key === 'version' && value !== undefined) {
    const version = value.length <= 63 ? parseKubernetesVersion(value) : undefined
    if (version === undefined) return { fault: `${quote(value)} is no version of Kubernetes` }
    return `version=${version}`
  }
  if (key.startsWith('label:')) {
    const isLabel = isLabelKey(key.slice('label:'.length)) && isLabelValue(value ?? '')
    return isLabel ? setting : { fault: `${quote(setting)} is no label` }
  }
  // `add=FILE` of the command line is left out: nothing that somebody writes in a comment may name a file.
  return { fault: `the setting ${quote(setting)} is not understood` }
}

/** `<namespace>/<name>`. */
function isClusterId(text: string): boolean {
  const parts = text.split('/')
  return parts.length === 2 && parts.every(isObjectName)
}

/** `<namespace>/<name>[/<unit>[/<kind>/[<namespace>/]<name>]]`; names of roles may have colons. */
function isTarget(text: string): boolean {
  const [namespace = '', name = '', ...rest] = text.split('/')
  if (!isClusterId(`${namespace}/${name}`) || rest.length > 4 || rest.length === 2) return false
  return rest.every((each) => /^[A-Za-z0-9][A-Za-z0-9.:_-]{0,252}$/.test(each))
}

function misunderstood(name: CommandWord, why: string): ParsedCommand {
  const row = commandHelp.find((each) => each.name === name)
  const usage = row && `write \`${commandUsage(row)}\`, such as \`${row.example}\``
  return { name: 'unknown', hint: sentence(`\`/fleet ${name}\` is not understood: ${why}`, usage) }
}

/** Two sentences, or one. */
function sentence(first: string, second: string | undefined): string {
  const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`
  if (second === undefined) return `${capital(first)}.`
  return `${capital(first)}. ${capital(second)}${second.endsWith('?') ? '' : '.'}`
}

/** What a stranger wrote, so that it calls nobody and is nothing but text. */
function quote(text: string): string {
  return `\`${clip(text.replace(/[^ -_a-~]/g, '?'))}\``
}

function clip(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`
}
