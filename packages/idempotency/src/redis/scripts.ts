import { SKEW_MS } from "../store.ts";

/** Each is one operation, on one key, so that a cluster can run it. Times are the caller's, and never the server's own. */
export const SCRIPTS: Readonly<Record<"begin" | "renew" | "complete" | "release", string>> = {
  // ARGV: now, the token to replace behind "=" or nothing, the time to live, and the fields.
  begin: `local r = redis.call('HMGET', KEYS[1], 'status', 'token', 'owner', 'lease', 'expires', 'data', 'validation')
local now = tonumber(ARGV[1])
if r[1] == 'completed' then
  if tonumber(r[5]) > now then return r end
elseif r[1] and '=' .. r[2] ~= ARGV[2] and tonumber(r[4]) + ${SKEW_MS} >= now then
  return r
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {}`,
  // ARGV: the token, the end of the lease, the time to live, and the fields.
  renew: `local r = redis.call('HMGET', KEYS[1], 'status', 'token', 'lease')
if r[1] ~= 'in-progress' or r[2] ~= ARGV[1] then return 0 end
if tonumber(r[3]) <= tonumber(ARGV[2]) then
  redis.call('HDEL', KEYS[1], 'owner')
  redis.call('HSET', KEYS[1], unpack(ARGV, 4))
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
return 1`,
  // ARGV: the token, the time to live, and the fields.
  complete: `local r = redis.call('HMGET', KEYS[1], 'status', 'token')
if r[2] ~= ARGV[1] then return 0 end
if r[1] == 'in-progress' then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], unpack(ARGV, 3))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return 1`,
  // ARGV: the token.
  release: `local r = redis.call('HMGET', KEYS[1], 'status', 'token')
if r[1] == 'in-progress' and r[2] == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1`,
};
