/** What Redis does with statistics of requests: each of these is one command, whatever it adds or reads. */

/** ARGV: what was answered (JSON); seconds that statistics, recent requests and traces live; recent requests that are kept. */
export const ADD = `
local base, delta = KEYS[1], cjson.decode(ARGV[1])
local ttl, recentTtl, traceTtl, recentMax = ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
local function sum(key, totals)
  redis.call('HINCRBY', key, 'count', totals.count)
  redis.call('HINCRBYFLOAT', key, 'totalMs', totals.totalMs)
  for class, count in ipairs(totals.byClass) do
    if count > 0 then redis.call('HINCRBY', key, 'class' .. class, count) end
  end
  redis.call('EXPIRE', key, ttl)
end
for _, route in ipairs(delta.routes) do
  local name = route.method .. ' ' .. route.route
  local key = base .. ':route:' .. name
  sum(key, route)
  local least = tonumber(redis.call('HGET', key, 'minMs') or 'inf')
  local most = tonumber(redis.call('HGET', key, 'maxMs') or '0')
  redis.call('HSET', key, 'minMs', tostring(math.min(least, route.minMs)),
    'maxMs', tostring(math.max(most, route.maxMs)), 'lastSeenAtMs', string.format('%.0f', route.lastSeenAtMs))
  redis.call('SADD', base .. ':routes', name)
  if #route.samplesMs > 0 then
    local samples = base .. ':samples:' .. name
    redis.call('RPUSH', samples, unpack(route.samplesMs))
    redis.call('LTRIM', samples, -1000, -1)
    redis.call('EXPIRE', samples, ttl)
  end
  if #route.visitors > 0 then
    for _, key in ipairs({ base .. ':visitors:' .. delta.day, base .. ':visitors:' .. delta.day .. ':' .. name }) do
      redis.call('PFADD', key, unpack(route.visitors))
      redis.call('EXPIRE', key, ttl)
    end
  end
end
redis.call('EXPIRE', base .. ':routes', ttl)
sum(base .. ':minute:' .. string.format('%.0f', delta.totals.minute), delta.totals)
if #delta.entries > 0 then
  redis.call('LPUSH', base .. ':recent', unpack(delta.entries))
  redis.call('LTRIM', base .. ':recent', 0, recentMax - 1)
  redis.call('EXPIRE', base .. ':recent', recentTtl)
end
for _, trace in ipairs(delta.traces) do redis.call('SET', base .. ':trace:' .. trace[1], trace[2], 'EX', traceTtl) end`;

/** ARGV: the day. For each endpoint its name, visitors, and fields with values. */
export const ENDPOINTS = `
local found = {}
for _, name in ipairs(redis.call('SMEMBERS', KEYS[1] .. ':routes')) do
  local fields = redis.call('HGETALL', KEYS[1] .. ':route:' .. name)
  if #fields > 0 then
    found[#found + 1] = { name, redis.call('PFCOUNT', KEYS[1] .. ':visitors:' .. ARGV[1] .. ':' .. name), fields }
  end
end
return found`;

/** ARGV: the day. */
export const VISITORS = `return redis.call('PFCOUNT', KEYS[1] .. ':visitors:' .. ARGV[1])`;

/** ARGV: the endpoint. */
export const SAMPLES = `return redis.call('LRANGE', KEYS[1] .. ':samples:' .. ARGV[1], 0, -1)`;

export const RECENT = `return redis.call('LRANGE', KEYS[1] .. ':recent', 0, -1)`;

/** ARGV: the request id. */
export const TRACE = `return redis.call('GET', KEYS[1] .. ':trace:' .. ARGV[1])`;

/** ARGV: first and last minute. For each minute with requests its number, and fields with values. */
export const MINUTES = `
local found = {}
for minute = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  local name = string.format('%.0f', minute)
  local fields = redis.call('HGETALL', KEYS[1] .. ':minute:' .. name)
  if #fields > 0 then found[#found + 1] = { name, fields } end
end
return found`;

/** ARGV: the day, first and last minute. Traces run out by themselves. */
export const CLEAR = `
local base, names = KEYS[1], redis.call('SMEMBERS', KEYS[1] .. ':routes')
for _, name in ipairs(names) do
  redis.call('DEL', base .. ':route:' .. name, base .. ':samples:' .. name, base .. ':visitors:' .. ARGV[1] .. ':' .. name)
end
for minute = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  redis.call('DEL', base .. ':minute:' .. string.format('%.0f', minute))
end
redis.call('DEL', base .. ':routes', base .. ':recent', base .. ':visitors:' .. ARGV[1])
return #names`;
