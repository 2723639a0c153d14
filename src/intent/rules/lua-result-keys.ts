import type { Report } from '../../diagnostics/types.ts'
import { luaResultKey } from '../fleet-diagnostics.ts'
import type { Fleet, ProfileSpec } from '../types.ts'

const checkLists = ['preDeployChecks', 'validateHealths', 'preDeleteChecks', 'postDeleteChecks'] as const

/** Docs of Sveltos say `health` and `healthStatus` where its code reads `healthy` and `status` (sveltos.md 1.15, 3.4). */
export function checkLuaResultKeys(fleet: Pick<Fleet, 'profiles' | 'healthChecks'>, report: Report): void {
  for (const { document, spec } of fleet.profiles) {
    for (const list of checkLists) {
      spec[list].forEach(({ script }: ProfileSpec['validateHealths'][number], index) => {
        if (!sets(script, 'health') || sets(script, 'healthy')) return
        report(
          luaResultKey(document, ['spec', list, index, 'script'], { written: 'health', expected: 'healthy' }),
        )
      })
    }
  }
  for (const { document, evaluateHealth, judgesEach } of fleet.healthChecks) {
    if (!sets(evaluateHealth, 'healthStatus') || sets(evaluateHealth, 'status')) continue
    const path = ['spec', judgesEach ? 'script' : 'evaluateHealth']
    report(luaResultKey(document, path, { written: 'healthStatus', expected: 'status' }))
  }
}

/** Whether a script assigns a key of a table: `hs.health = …`, `{ health = … }`, `hs["health"] = …`. */
function sets(script: string, key: string): boolean {
  return new RegExp(`(?:[.{,]\\s*|^\\s*|\\[["'])${key}(?:["']\\])?\\s*=(?!=)`, 'm').test(script)
}
