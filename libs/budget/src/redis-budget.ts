/** ADAPTER of the port `SharedBudget`: token buckets in Redis, on Redis's own clock. */
import { type Rate, type SharedBudget, type Spending } from '@app/hub';
import { Redis } from 'ioredis';

export interface RedisBudgetOptions {
  readonly redisUrl: string;
  /** What the keys begin with: processes that agree on it share their buckets. */
  readonly prefix: string;
  readonly rate: Rate;
}

/** A Redis that needs longer for a report, in ms, is away: the next one is due soon. */
const COMMAND_TIMEOUT_MS = 500;
/** Pause between two attempts to reach a Redis that is gone, at most, in ms. */
const LONGEST_RECONNECT_MS = 2_000;

/**
 * KEYS are buckets; ARGV is the rate per second, the burst, and for each bucket what was spent. A bucket owes a burst at
 * most: routers that each let a burst through before they knew of one another are not made to wait for minutes. One
 * that has filled up is forgotten, since that is what an unknown one is.
 */
const SPEND = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local left = {}
for i, key in ipairs(KEYS) do
  local known = redis.call('HMGET', key, 'level', 'at')
  local level = tonumber(known[1]) or burst
  local passed = math.max(0, now - (tonumber(known[2]) or now))
  level = math.max(-burst, math.min(burst, level + passed / 1000 * rate) - tonumber(ARGV[2 + i]))
  redis.call('HSET', key, 'level', tostring(level), 'at', now)
  redis.call('PEXPIRE', key, math.ceil((burst - level) / rate * 1000) + 1)
  left[i] = tostring(level)
end
return left`;

/** Opens the buckets; a Redis that cannot be reached yet may come later. */
export function openRedisBudget(options: RedisBudgetOptions): SharedBudget {
  return new RedisBudget(options);
}

class RedisBudget implements SharedBudget {
  private readonly redis: Redis;

  constructor(private readonly options: RedisBudgetOptions) {
    this.redis = new Redis(options.redisUrl, {
      // A report that did not arrive is not sent again: it might be counted twice, and the next one is due soon.
      ...{ enableOfflineQueue: false, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 },
      commandTimeout: COMMAND_TIMEOUT_MS,
      retryStrategy: (attempt) => Math.min(attempt * 100, LONGEST_RECONNECT_MS),
    });
    // Each report that fails says so to whoever sent it; without a listener this would end the process.
    this.redis.on('error', () => undefined);
  }

  async spend(spendings: readonly Spending[]): Promise<readonly number[]> {
    if (spendings.length === 0) return [];
    const { prefix, rate } = this.options;
    const keys = spendings.map(({ name }) => `${prefix}:budget:${name}`);
    const spent = spendings.map((each) => each.spent);
    const left = await this.redis.eval(SPEND, keys.length, ...keys, rate.perSecond, rate.burst, ...spent);
    return (left as string[]).map(Number);
  }

  close(): Promise<void> {
    this.redis.disconnect();
    return Promise.resolve();
  }
}
