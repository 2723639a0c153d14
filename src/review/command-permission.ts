import type { Permission } from './conversation-port.ts'

/** Who it is, and `review.commands.allow` of the base's configuration. */
export interface WhoCommands {
  readonly login: string
  readonly permission: Permission
  readonly allow: readonly string[]
}

const permissions: readonly Permission[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

/** A word that is a permission means it or more; every other one is a login. `none` is no permission: it would be everybody. */
export function mayCommand({ login, permission, allow }: WhoCommands): boolean {
  return allow.some((entry) => {
    const least = permissions.findIndex((each) => each === entry)
    if (least >= 0) return least > 0 && permissions.indexOf(permission) >= least
    return entry.replace(/^@/, '').toLowerCase() === login.toLowerCase()
  })
}

/** Of a public repository everybody may read, and comment. */
export function isStranger(permission: Permission, isPrivate: boolean): boolean {
  return permission === 'none' || (permission === 'read' && !isPrivate)
}

/** `that needs the permission `write`, or to be named (…)`. Nobody is named either where the file cannot be read. */
export function describeWhoMay(allow: readonly string[], baseBranch: string): string {
  const where = `\`review.commands.allow\` of fleetwright.yaml on \`${baseBranch}\``
  if (allow.length === 0) return `nobody may (${where} names nobody, or the file cannot be read)`
  const least = permissions.slice(1).find((each) => allow.includes(each))
  const who =
    least === undefined
      ? 'only those whom `review.commands.allow` names may'
      : `that needs the permission \`${least}\`, or to be named`
  return `${who} (${where})`
}
