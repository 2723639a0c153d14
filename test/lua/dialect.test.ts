import { describe, expect, test } from 'vitest'
import { defaultLimits, evaluate } from '../../src/lua/lua.ts'

/** What gopher-lua 1.1.2 prints for `tostring(expression)`; the expectations were read from its sources. */
function shown(expression: string): string {
  const text = `function evaluate() return { result = tostring(${expression}) } end`
  const outcome = evaluate(
    { text, libraries: true },
    { globals: {} },
    { ...defaultLimits, wallMs: 60_000, elapsedMs: () => 0, clockMs: 0, seed: 1 },
  )
  if (!outcome.ok) return `fault: ${outcome.fault.message}`
  return (outcome.value as { readonly result: string }).result
}

describe('numbers', () => {
  test.each([
    ['5', '5'],
    ['5.0', '5'],
    ['10 / 2', '5'],
    ['1 / 3', '0.3333333333333333'],
    ['2 ^ 53', '9007199254740992'],
    ['1e15', '1000000000000000'],
    ['1e20', '1e+20'],
    ['1234567.5', '1.2345675e+06'],
    ['0.00001', '1e-05'],
    ['1 / 0', '+Inf'],
    ['-1 / 0', '-Inf'],
    ['0 / 0', 'NaN'],
    ['math.huge', '1.7976931348623157e+308'],
    ['-7 % 3', '2'],
    ['7.5 % -2', '-0.5'],
    ['0x10', '16'],
    ['017 + .05', '17.05'],
    ['2147483647 + 1', '2147483648'],
    ['#string.rep("x", 70000) * 70000', '4900000000'],
    ['"10" + 5', '15'],
    ['10 .. 20', '1020'],
    ['tonumber("1e2")', 'nil'],
    ['tonumber("1.5e2")', '150'],
    ['tonumber(" 12 ")', '12'],
    ['tonumber("0x1F")', '31'],
    ['tonumber("ff", 16)', '255'],
    ['tonumber("")', 'nil'],
    ['tonumber({})', 'nil'],
    ['math.floor(-1.5)', '-2'],
    ['math.max(3, 9, 4)', '9'],
  ])('%s is %s', (expression, expected) => {
    expect(shown(expression)).toBe(expected)
  })
})

describe('texts', () => {
  test.each([
    ['"\\."', '.'],
    ['"\\065\\x"', 'Ax'],
    ['("hello"):sub(2, -2)', 'ell'],
    ['("hello"):sub(2.9)', 'ello'],
    ['("hello world"):find("o w")', '5'],
    ['("a.b"):find(".", 1, true)', '2'],
    ['("key = value"):match("^(%w+)%s*=%s*(%w+)$")', 'key'],
    ['("2026-01-02"):gsub("%d", "x")', 'xxxx-xx-xx'],
    ['(("abc"):gsub("%w", "%0%0"))', 'aabbcc'],
    ['(("abc"):gsub("b", { b = "B" }))', 'aBc'],
    ['(("abc"):gsub("", "-"))', '-a-b-c-'],
    ['("f(a(b)c)d"):match("%b()")', '(a(b)c)'],
    ['("x"):rep(3)', 'xxx'],
    ['("É"):lower()', 'é'],
    ['#"é"', '2'],
    [
      'string.format("%d|%5.2f|%-4s|%04d|%x|%q", 3.9, 3.14159, "ab", 42, 255, "a\\"b")',
      '3| 3.14|ab  |0042|ff|"a\\"b"',
    ],
    ['string.format("%s and %s", "one")', 'one and %!s(MISSING)'],
    ['string.format("%d", "12")', '12'],
    ['string.format("%s", true)', 'true'],
    ['table.concat({1, 2.5, "x"}, ",")', '1,2.5,x'],
    ['string.gfind ~= nil', 'true'],
  ])('%s is %s', (expression, expected) => {
    expect(shown(expression)).toBe(expected)
  })
})

describe('tables and the language of 5.1', () => {
  test.each([
    ['#{1, nil, 3}', '3'],
    ['table.getn({1, 2})', '2'],
    ['table.maxn({1, 2, [10] = 3})', '10'],
    ['select("#", unpack({1, 2, 3}))', '3'],
    ['select(2, "a", "b", "c")', 'b'],
    ['_VERSION', 'Lua 5.1'],
    ['type(setfenv)', 'function'],
    ['(function() setfenv(1, { x = 5 }) return x end)()', '5'],
    ['(function() local t = { 1, 2, 3 } table.insert(t, 1, 0) return table.concat(t, ",") end)()', '0,1,2,3'],
    ['(function() local t = { 1, 2, 3 } return table.remove(t, 1) .. #t end)()', '12'],
    [
      '(function() local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return table.concat(t) end)()',
      '321',
    ],
    [
      '(function() local s = {} for k in pairs({ z = 1, a = 2, 10, 20 }) do s[#s + 1] = k end return table.concat(s, ",") end)()',
      '1,2,z,a',
    ],
    ['(function() for i = 1, 3 do if i == 2 then goto next end ::next:: end return "ok" end)()', 'ok'],
    ['(function() local co = coroutine.wrap(function() coroutine.yield(1) end) return co() end)()', '1'],
    ['select(2, pcall(error, { code = 1 })).code', '1'],
    ['select(2, pcall(function() error("x", 0) end))', 'x'],
    ['getmetatable("").__index == string', 'true'],
    ['type(ipairs)', 'function'],
  ])('%s is %s', (expression, expected) => {
    expect(shown(expression)).toBe(expected)
  })

  test('ipairs of nil is an error, as in gopher-lua', () => {
    expect(shown('ipairs(nil)')).toBe('fault: bad argument #1 to ipairs (table expected, got nil)')
  })
})

describe('libraries', () => {
  test.each([
    ['require("json").encode({ a = { 1, 2 }, b = "<" })', '{"a":[1,2],"b":"\\u003c"}'],
    ['require("json").encode({})', '[]'],
    ['require("json").decode("{\\"a\\":[1,null,3]}").a[3]', '3'],
    ['require("json").fromYAML("a: yes\\nb: 017").a', 'true'],
    [
      'require("json").toYAML({ a = "x: y", n = 1, e = {}, l = { { k = "v" } } })',
      'a: \'x: y\'\ne: []\nl:\n- k: v\n"n": 1\n',
    ],
    ['require("strings").Split("a,b,c", ",")[3]', 'c'],
    ['require("strings").TrimLeft("xxabc", "x")', 'abc'],
    ['require("strings").Title("hello world")', 'Hello World'],
    ['require("runes").runecount("日本語")', '3'],
    ['require("sprig").kebabcase("HTTPServer")', 'http-server'],
    ['require("sprig").snakecase("Bld4Floor3rd")', 'bld4_floor_3rd'],
    ['require("sprig").snakecase("http2xx")', 'http_2xx'],
    ['require("sprig").camelcase("GOLANG_IS_GREAT")', 'GolangIsGreat'],
    ['require("sprig").regexReplaceAll("a(x*)b", "-ab-axxb-", "${1}W")', '-W-xxW-'],
    ['require("sprig").semverCompare("^1.2", "1.9.0")', 'true'],
    ['require("sprig").sha256sum("a")', 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb'],
    ['require("sprig").duration(3661)', '1h1m1s'],
    ['require("sprig").wrapWith(5, "Hello World", "|")', 'Hello|World'],
    ['require("sprig").urlParse("https://u@example.com:8443/p?q=1#f").hostname', 'example.com'],
    ['base64Decode(base64Encode("hé"))', 'hé'],
    ['getLabel({ metadata = { labels = { app = "web" } } }, "app")', 'web'],
  ])('%s is %s', (expression, expected) => {
    expect(shown(expression)).toBe(expected)
  })

  test('keys and passwords are not made while compiling', () => {
    expect(shown('require("sprig").genPrivateKey("rsa")')).toContain('not available')
  })
})
