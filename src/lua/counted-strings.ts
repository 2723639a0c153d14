import lstring from 'fengari/src/lstring.js'
import { fromBytes } from './bytes.ts'
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

// The machine tells and orders texts by this. Its own writes bytes in hex without leading zeros: `\x01\x23` would be the
// same key as `\x12\x03`, and a line feed would come after a digit.
lstring.luaS_hash = (bytes) => `|${bytes.length < 64 ? String.fromCharCode(...bytes) : fromBytes(bytes)}`
lstring.luaS_hashlongstr = (text) => (text.hash ??= lstring.luaS_hash(text.getstr()))
