/**
 * Scripts that Redis runs as a whole or not at all, so that a crash falls between two of them and never into one. What they
 * keep, under one prefix with a hash tag (`{fleetwright}:`), so that a cluster keeps it in one place:
 *
 *   waiting:KEY   hash: lane, priority, work, due, number, attempts, deliveries
 *   waiting       sorted set: keys that wait, by when they are due
 *   claim:LANE    hash: key, token, worker, lease and the above; LANE is taken until the lease ends
 *   claimed       sorted set: lanes that are taken, by the end of the lease
 *   parked:LANE   sorted set: pointers that were drawn while the lane was taken
 *   unrung        sorted set: pointers that BullMQ may not have yet, by when they were made
 *   taken:ID      deliveries, for three days
 *
 * BullMQ's jobs are pointers, `number` and key: it puts them in order, holds them back until they are due, and gives each to
 * one process. A pointer whose number is not that of what waits is stale and is dropped. Every number stands in `unrung` from
 * the moment it is made until BullMQ has it, so that a crash in between costs a moment and no work.
 */
const common = `
local P = KEYS[1]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local pointers = {}

local function text(number) return string.format('%.0f', number) end

local function read(name)
  local flat = redis.call('HGETALL', P .. name)
  if #flat == 0 then return nil end
  local fields = {}
  for i = 1, #flat, 2 do fields[flat[i]] = flat[i + 1] end
  return fields
end

-- Ids, one a line, each once, the newest last, at most a hundred.
local function join(...)
  local seen, ids = {}, {}
  for _, lines in ipairs({...}) do
    for id in string.gmatch(lines, '[^\\n]+') do
      if not seen[id] then seen[id] = true; table.insert(ids, id) end
    end
  end
  return table.concat(ids, '\\n', math.max(1, #ids - 99))
end

-- A pointer for BullMQ: number, priority, milliseconds to hold it back, key.
local function point(key, number, priority, due)
  table.insert(pointers, number)
  table.insert(pointers, priority)
  table.insert(pointers, text(math.max(0, due - now)))
  table.insert(pointers, key)
end

local function pointAnew(key, priority, due)
  local number = text(redis.call('INCR', P .. 'number'))
  redis.call('ZADD', P .. 'unrung', text(now), number .. ':' .. key)
  point(key, number, priority, due)
  return number
end

local function putWaiting(key, work)
  redis.call('HSET', P .. 'waiting:' .. key, 'lane', work.lane, 'priority', work.priority, 'work', work.work,
    'due', text(work.due), 'number', work.number, 'attempts', work.attempts, 'deliveries', work.deliveries)
  redis.call('ZADD', P .. 'waiting', text(work.due), key)
end

-- The best of what was drawn while the lane was taken is pointed to again, by a new number: the job of the old one may be on
-- the way out, and BullMQ would not take a second one of its name.
local function freeLane(lane)
  redis.call('DEL', P .. 'claim:' .. lane)
  redis.call('ZREM', P .. 'claimed', lane)
  while true do
    local first = redis.call('ZPOPMIN', P .. 'parked:' .. lane)
    if #first == 0 then return end
    local number, key = string.match(first[1], '^(%d+):(.*)$')
    local waits = read('waiting:' .. key)
    if waits and waits.number == number then
      redis.call('HSET', P .. 'waiting:' .. key, 'number', pointAnew(key, waits.priority, tonumber(waits.due)))
      return
    end
  end
end

-- What was claimed waits again. What was asked for meanwhile is newer, and is what is done.
local function putBack(claim, due, isLost)
  local waits = read('waiting:' .. claim.key)
  if waits then
    waits.deliveries = join(claim.deliveries, waits.deliveries)
    if isLost then waits.attempts = text(math.max(tonumber(waits.attempts), tonumber(claim.attempts))) end
    waits.due = tonumber(waits.due)
    putWaiting(claim.key, waits)
  else
    claim.due = due
    claim.number = pointAnew(claim.key, claim.priority, due)
    putWaiting(claim.key, claim)
  end
  freeLane(claim.lane)
end

-- Claims that nobody keeps up: the process died, or cannot reach us.
local function giveUpEnded()
  for _, lane in ipairs(redis.call('ZRANGEBYSCORE', P .. 'claimed', '-inf', text(now))) do
    local claim = read('claim:' .. lane)
    if claim then putBack(claim, tonumber(claim.due), true) else redis.call('ZREM', P .. 'claimed', lane) end
  end
end

local function mine(lane, token) return redis.call('HGET', P .. 'claim:' .. lane, 'token') == token end
`

export const scripts = {
  /** ARGV: delivery or '', ms until due, ms to remember it, then key, lane, priority and work of each. False: taken before. */
  add: `${common}
local delivery, due = ARGV[1], now + tonumber(ARGV[2])
if delivery ~= '' and not redis.call('SET', P .. 'taken:' .. delivery, '1', 'NX', 'PX', ARGV[3]) then return false end
for i = 4, #ARGV, 4 do
  local key, lane, priority = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local work = { lane = lane, priority = priority, work = ARGV[i + 3], due = due, attempts = '0', deliveries = delivery }
  local waits = read('waiting:' .. key)
  if waits then
    work.deliveries = join(waits.deliveries, delivery)
    if tonumber(waits.priority) < tonumber(priority) then work.priority = waits.priority end
    work.due = math.min(tonumber(waits.due), due)
  end
  -- It keeps its place, unless it comes sooner than it would have.
  if waits and tonumber(waits.due) == work.due and waits.priority == work.priority and waits.lane == lane then
    work.number = waits.number
  else
    work.number = pointAnew(key, work.priority, work.due)
  end
  putWaiting(key, work)
  local claim = read('claim:' .. lane)
  if claim and claim.key == key then redis.call('PUBLISH', P .. 'said', 'superseded ' .. claim.token) end
end
return pointers`,

  /** ARGV: key, number, token, worker, ms of the lease. Gives the claim, or pointers; both are empty for a stale pointer. */
  take: `${common}
local key, number, token = ARGV[1], ARGV[2], ARGV[3]
giveUpEnded()
local waits = read('waiting:' .. key)
if not waits or waits.number ~= number then return { {}, pointers } end
local lane = waits.lane
if redis.call('EXISTS', P .. 'claim:' .. lane) == 1 then
  redis.call('ZADD', P .. 'parked:' .. lane, text(tonumber(waits.priority) * 1e14 + tonumber(number)), number .. ':' .. key)
  return { {}, pointers }
end
local attempts = text(tonumber(waits.attempts) + 1)
redis.call('HSET', P .. 'claim:' .. lane, 'key', key, 'lane', lane, 'token', token, 'worker', ARGV[4],
  'priority', waits.priority, 'work', waits.work, 'due', waits.due, 'attempts', attempts, 'deliveries', waits.deliveries)
redis.call('ZADD', P .. 'claimed', text(now + tonumber(ARGV[5])), lane)
redis.call('DEL', P .. 'waiting:' .. key)
redis.call('ZREM', P .. 'waiting', key)
return { { lane, waits.priority, waits.work, attempts, waits.deliveries }, pointers }`,

  /** ARGV: lane, token. */
  done: `${common}
if mine(ARGV[1], ARGV[2]) then freeLane(ARGV[1]) end
return pointers`,

  /** ARGV: lane, token, ms until it is due again. */
  again: `${common}
if mine(ARGV[1], ARGV[2]) then putBack(read('claim:' .. ARGV[1]), now + tonumber(ARGV[3]), false) end
return pointers`,

  /** ARGV: ms of the lease, then lane and token of each. Of each: 0 lost, 1 ours, 2 superseded. */
  renew: `${common}
local states = {}
for i = 2, #ARGV, 2 do
  local lane = ARGV[i]
  local state = 0
  if mine(lane, ARGV[i + 1]) then
    redis.call('ZADD', P .. 'claimed', text(now + tonumber(ARGV[1])), lane)
    state = 1 + redis.call('EXISTS', P .. 'waiting:' .. redis.call('HGET', P .. 'claim:' .. lane, 'key'))
  end
  table.insert(states, state)
end
return states`,

  /** ARGV: ms that a pointer may be on its way. Gives those that got lost on it, and those of claims that ended. */
  sweep: `${common}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', P .. 'unrung', '-inf', text(now - tonumber(ARGV[1])))) do
  local number, key = string.match(member, '^(%d+):(.*)$')
  local waits = read('waiting:' .. key)
  if waits and waits.number == number then
    point(key, number, waits.priority, tonumber(waits.due))
  else
    redis.call('ZREM', P .. 'unrung', member)
  end
end
giveUpEnded()
return pointers`,

  /** ARGV: pointers that BullMQ has. */
  rung: `${common}
for i = 1, #ARGV do redis.call('ZREM', P .. 'unrung', ARGV[i]) end
redis.call('PUBLISH', P .. 'said', 'rung')
return false`,

  /** What waits, what is claimed, and for how many ms the oldest is due. */
  depth: `${common}
local first = redis.call('ZRANGE', P .. 'waiting', 0, 0, 'WITHSCORES')
local oldest = 0
if first[2] then oldest = math.max(0, now - tonumber(first[2])) end
return { redis.call('ZCARD', P .. 'waiting'), redis.call('ZCARD', P .. 'claimed'), oldest }`,

  /** ARGV: prefix. Keys by bytes; none contains the byte 255, which UTF-8 does not have. */
  list: `
local P, prefix, found = KEYS[1], ARGV[1], {}
for _, key in ipairs(redis.call('ZRANGEBYLEX', P .. 'states', '[' .. prefix, '(' .. prefix .. '\\255')) do
  table.insert(found, key)
  table.insert(found, redis.call('GET', P .. 'state:' .. key))
end
return found`,

  /** ARGV: how many are kept, key and value of each of them, then the keys that go. */
  put: `
local P, kept = KEYS[1], 2 * tonumber(ARGV[1])
for i = 2, kept, 2 do
  redis.call('SET', P .. 'state:' .. ARGV[i], ARGV[i + 1])
  redis.call('ZADD', P .. 'states', 0, ARGV[i])
end
for i = kept + 2, #ARGV do
  redis.call('DEL', P .. 'state:' .. ARGV[i])
  redis.call('ZREM', P .. 'states', ARGV[i])
end
return 1`,

  /** ARGV: name, holder, ms or 0. */
  lease: `
local name = KEYS[1] .. 'lease:' .. ARGV[1]
local holder = redis.call('GET', name)
if holder and holder ~= ARGV[2] then return 0 end
if ARGV[3] == '0' then redis.call('DEL', name) else redis.call('SET', name, ARGV[2], 'PX', ARGV[3]) end
return 1`,
} as const
