import type { Access } from './source-remote-port.ts'

/** Names that Sveltos, Flux and `kubectl create secret` give to one and the same thing, in order of precedence. */
const names: Readonly<Record<keyof Access, readonly string[]>> = {
  username: ['username', 'accesskey', 'accessKey', 'AWS_ACCESS_KEY_ID'],
  password: ['password', 'secretkey', 'secretKey', 'AWS_SECRET_ACCESS_KEY'],
  token: ['token', 'bearerToken'],
  dockerConfig: ['.dockerconfigjson', 'config.json'],
  ca: ['ca.crt', 'caFile', 'ca.pem'],
  clientCertificate: ['tls.crt', 'certFile'],
  clientKey: ['tls.key', 'keyFile'],
  sshIdentity: ['identity', 'ssh-privatekey'],
  sshKnownHosts: ['known_hosts'],
}

/** Entries of a Secret → what they grant. Undefined when there is nothing that a source could use. */
export function toAccess(entries: Readonly<Record<string, string>>): Access | undefined {
  const access: Partial<Record<keyof Access, string>> = {}
  for (const [field, keys] of Object.entries(names) as [keyof Access, readonly string[]][]) {
    const key = keys.find((name) => entries[name] !== undefined)
    const value = key === undefined ? undefined : entries[key]
    if (value !== undefined) access[field] = field === 'dockerConfig' || isPem(field) ? value : value.trim()
  }
  // Sveltos names the key in registryCredentialsConfig.key: whatever it is called, it holds a docker config.
  const dockerConfig = Object.keys(entries)
    .sort()
    .map((key) => entries[key])
    .find((text) => text !== undefined && /^\s*\{[\s\S]*"auths"/.test(text))
  if (access.dockerConfig === undefined && dockerConfig !== undefined) access.dockerConfig = dockerConfig
  return Object.keys(access).length === 0 ? undefined : access
}

function isPem(field: keyof Access): boolean {
  return ['ca', 'clientCertificate', 'clientKey', 'sshIdentity', 'sshKnownHosts'].includes(field)
}
