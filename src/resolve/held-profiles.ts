/**
 * Whether a held id is that of a profile, or of what generates it: the profile
 * `EventTrigger/policy@production/eu#Service/default/web` is held by `EventTrigger/policy@production/eu`, its trigger in
 * that source cluster, and by `EventTrigger/policy`. `*` holds everything.
 */
export function isHeldBy(held: string, profile: string): boolean {
  return (
    held === '*' || profile === held || (profile.startsWith(held) && /^[@#]/.test(profile.slice(held.length)))
  )
}
