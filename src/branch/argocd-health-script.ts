import { defaultLimits, evaluate } from '../lua/lua.ts'

/**
 * Why Argo CD could not run a script of Sveltos: it has Lua's own libraries and none of Sveltos'. A script that is no Lua
 * must not get there: it would be the health of every object of its kind.
 */
export function luaFault(script: string): string | undefined {
  if (/\brequire\b|\b(?:base64(?:En|De)code|get(?:Label|Annotation|Resource))\b/.test(script))
    return 'its script uses libraries of Sveltos'
  // Nothing is called but what lies outside of functions; the result is nobody's concern.
  const budget = { ...defaultLimits, instructions: 10_000, elapsedMs: () => 0, clockMs: 0, seed: 0 }
  const outcome = evaluate({ text: script, libraries: false }, { globals: {} }, budget)
  return outcome.ok || outcome.fault.kind !== 'syntax'
    ? undefined
    : `its script is no Lua: ${outcome.fault.message}`
}

/**
 * Health of one kind in Argo CD, from the scripts of checks, which must all say that an object is healthy. What is not
 * healthy yet is `Progressing`, as Sveltos asks again until it is; so is what a script fails about.
 */
export function healthScript(scripts: readonly string[]): string {
  const functions = scripts.map(
    (script) => `  (function()\n${script.trimEnd()}\n  return evaluate\n  end)(),\n`,
  )
  return `metrics = {}
local checks = {
${functions.join('')}}
for _, check in ipairs(checks) do
  local worked, result = pcall(check, obj)
  if not worked then
    return { status = "Progressing", message = tostring(result) }
  end
  if type(result) ~= "table" or result.healthy ~= true then
    return { status = "Progressing", message = type(result) == "table" and result.message or "" }
  end
end
return { status = "Healthy", message = "" }
`
}
