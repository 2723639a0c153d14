import { z } from 'zod'
import { EnvironmentError } from '../../diagnostics/errors.ts'
import type { Access } from '../../sources/source-remote-port.ts'

/** Credentials of a registry, or the name of a program that has them and that is not run. */
export interface DockerCredentials {
  readonly access?: Access
  /** Exchanged for access tokens at the registry's token server. */
  readonly identityToken?: string
  readonly helper?: string
}

export interface DockerConfig {
  find(host: string, repository: string): DockerCredentials | undefined
}

const schema = z.object({
  auths: z
    .record(
      z.string(),
      z.object({
        auth: z.string().optional(),
        username: z.string().optional(),
        password: z.string().optional(),
        identitytoken: z.string().optional(),
        registrytoken: z.string().optional(),
      }),
    )
    .optional(),
  credHelpers: z.record(z.string(), z.string()).optional(),
  credsStore: z.string().optional(),
})

/** Reads what `docker login` writes. Throws EnvironmentError, without the text, when it cannot be read. */
export function parseDockerConfig(text: string, name: string): DockerConfig {
  const config = tryParse(text)
  if (config === undefined) {
    throw new EnvironmentError({
      adapter: 'charts',
      operation: `read ${name}`,
      message: `${name} is no docker configuration`,
      retryable: false,
      hint: 'write it with `docker login` or `helm registry login`, or remove it',
    })
  }
  const entries = Object.entries(config.auths ?? {}).map(([key, entry]) => ({ place: placeOf(key), entry }))
  return {
    find(host, repository) {
      const wanted = `${host}/${repository}`
      const [best] = entries
        .filter(({ place }) => wanted === place || wanted.startsWith(`${place}/`))
        .sort((a, b) => b.place.length - a.place.length)
      const helper = config.credHelpers?.[host]
      if (helper !== undefined) return { helper }
      const { auth = '', identitytoken = '', registrytoken = '', ...plain } = best?.entry ?? {}
      if (registrytoken !== '') return { access: { token: registrytoken } }
      const [username = plain.username, password = plain.password] = splitAuth(auth)
      if (identitytoken !== '') return { identityToken: identitytoken }
      if (username !== undefined && password !== undefined) return { access: { username, password } }
      // Docker Desktop leaves an empty entry behind and keeps the password elsewhere.
      return config.credsStore === undefined ? undefined : { helper: config.credsStore }
    },
  }
}

function tryParse(text: string): z.infer<typeof schema> | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** `https://index.docker.io/v1/` → `docker.io`; `host/path` entries of Podman stay as they are. */
function placeOf(key: string): string {
  const place = key
    .replace(/^https?:\/\//, '')
    .replace(/\/(?:v1|v2)\/?$/, '')
    .replace(/\/+$/, '')
  return /^(?:index|registry-1)\.docker\.io$/.test(place) ? 'docker.io' : place
}

function splitAuth(auth: string): [string, string] | [] {
  const text = Buffer.from(auth, 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? [] : [text.slice(0, colon), text.slice(colon + 1).replace(/\0+$/, '')]
}
