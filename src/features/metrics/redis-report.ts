/** What Redis says of itself (`INFO`), as admin answers have it. */

/** @param info the text of INFO */
export function redisReport(info: string) {
  const fields = new Map(
    info.split('\r\n').flatMap((line) => {
      const colon = line.indexOf(':');
      return colon === -1 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const];
    }),
  );
  const number = (name: string) => Number(fields.get(name) ?? 0);
  const hits = number('keyspace_hits');
  const misses = number('keyspace_misses');
  const keys = [...fields]
    .filter(([name]) => /^db\d+$/.test(name))
    .reduce((sum, [, text]) => sum + Number(/keys=(\d+)/.exec(text)?.[1] ?? 0), 0);
  return {
    version: fields.get('redis_version') ?? '',
    uptime_seconds: number('uptime_in_seconds'),
    memory: {
      used_bytes: number('used_memory'),
      peak_bytes: number('used_memory_peak'),
      max_bytes: number('maxmemory'),
      policy: fields.get('maxmemory_policy') ?? '',
      fragmentation_ratio: number('mem_fragmentation_ratio'),
    },
    connections: {
      clients: number('connected_clients'),
      blocked: number('blocked_clients'),
      rejected: number('rejected_connections'),
    },
    performance: {
      ops_per_second: number('instantaneous_ops_per_sec'),
      commands_processed: number('total_commands_processed'),
      evicted_keys: number('evicted_keys'),
      expired_keys: number('expired_keys'),
    },
    cache: {
      hits,
      misses,
      hit_rate: hits + misses === 0 ? null : hits / (hits + misses),
      keys,
    },
  };
}
