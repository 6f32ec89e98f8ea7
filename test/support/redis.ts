/** Everything that a Redis holds, as one text. */
import { Redis } from 'ioredis';

/** How the content of each kind of key is read. */
const READ: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, 0, -1),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

/** Keys and values of a Redis; keys that end while it is read are left out. */
export async function redisText(url: string): Promise<string> {
  const redis = new Redis(url);
  try {
    const keys = await redis.keys('*');
    const texts = keys.map(async (key) => [key, await READ[await redis.type(key)]?.(redis, key)]);
    return JSON.stringify(await Promise.all(texts));
  } finally {
    redis.disconnect();
  }
}
