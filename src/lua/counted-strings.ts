import lstring from 'fengari/src/lstring.js'
import { meterOf } from './meter.ts'

// fengari's other modules take these functions out of this one when they are loaded, so `machine.ts` imports this file
// before any of them. A state without a meter counts nothing.
const { luaS_bless } = lstring

lstring.luaS_bless = (L, bytes) => {
  meterOf(L)?.text(bytes.length)
  return luaS_bless(L, bytes)
}
// Not arrows: fengari calls luaS_new with `new`.
lstring.luaS_new = function (L, bytes) {
  return lstring.luaS_bless(L, bytes.slice())
}
lstring.luaS_newliteral = function (L, text) {
  return lstring.luaS_bless(L, new TextEncoder().encode(text))
}
