// The store of oidc-provider on Redis, with the commands of the adapter that its project publishes as an
// example (example/adapters/redis.js of panva/node-oidc-provider); oidc-provider itself carries none.
import { Redis } from "ioredis";

const GRANTABLE = new Set(["AccessToken", "AuthorizationCode", "RefreshToken"]);
const CONSUMABLE = new Set(["AuthorizationCode", "RefreshToken"]);

export const redis = new Redis(process.env.PEER_REDIS, { keyPrefix: "oidc:" });

export class RedisAdapter {
  constructor(name) {
    this.name = name;
  }

  async upsert(id, payload, seconds) {
    const key = this.key(id);
    const text = JSON.stringify(payload);
    const all = redis.multi();
    if (CONSUMABLE.has(this.name)) all.hset(key, { payload: text });
    else all.set(key, text);
    if (seconds) all.expire(key, seconds);
    if (GRANTABLE.has(this.name) && payload.grantId) {
      const grant = `grant:${payload.grantId}`;
      all.rpush(grant, key);
      if (seconds > (await redis.ttl(grant))) all.expire(grant, seconds);
    }
    if (payload.uid) {
      const uid = `uid:${payload.uid}`;
      all.set(uid, id);
      all.expire(uid, seconds);
    }
    await all.exec();
  }

  async find(id) {
    if (!CONSUMABLE.has(this.name)) {
      const text = await redis.get(this.key(id));
      return text ? JSON.parse(text) : undefined;
    }
    const { payload, ...rest } = await redis.hgetall(this.key(id));
    return payload ? { ...rest, ...JSON.parse(payload) } : undefined;
  }

  async findByUid(uid) {
    return this.find(await redis.get(`uid:${uid}`));
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }

  async consume(id) {
    await redis.hset(this.key(id), "consumed", Math.floor(Date.now() / 1000));
  }

  async revokeByGrantId(grantId) {
    const all = redis.multi();
    for (const key of await redis.lrange(`grant:${grantId}`, 0, -1)) all.del(key);
    all.del(`grant:${grantId}`);
    await all.exec();
  }

  key(id) {
    return `${this.name}:${id}`;
  }
}
