import { devNull } from 'node:os'
import { programEnvironment } from '../../child/program-environment.ts'

/** Settings of one process alone; by its environment, where neither its arguments nor any file show them. */
export function gitSettings(settings: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(settings)
  return {
    GIT_CONFIG_COUNT: String(entries.length),
    ...Object.fromEntries(
      entries.flatMap(([key, value], index) => [
        [`GIT_CONFIG_KEY_${index}`, key],
        [`GIT_CONFIG_VALUE_${index}`, value],
      ]),
    ),
  }
}

/** Nothing is run, nothing is asked for, nothing follows from files of the machine. */
export const carefulSettings = {
  'core.hooksPath': devNull,
  'core.fsmonitor': 'false',
  'credential.helper': '',
  'gc.auto': '0',
  'maintenance.auto': 'false',
  'http.followRedirects': 'false',
  'http.lowSpeedLimit': '1',
  'http.lowSpeedTime': '60',
  // Whoever owns the volume that the folders are on: they are made by this program.
  'safe.directory': '*',
} as const

/** Variables beside the settings. `protocols` as in GIT_ALLOW_PROTOCOL. */
export function carefulVariables(protocols: string): Record<string, string> {
  return {
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_ALLOW_PROTOCOL: protocols,
    GIT_TERMINAL_PROMPT: '0',
  }
}

/** Environment of a git process of this program itself: what it needs, and not what the program has. */
export function ownGitEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Record<string, string> {
  return { ...programEnvironment(environment), HOME: home }
}
