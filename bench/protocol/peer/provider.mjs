// oidc-provider, set up to give what our own provider gives in the bench: ES256, JWT access tokens for a resource,
// PKCE, refresh tokens that a confidential client keeps, DPoP, private_key_jwt, introspection.
// Kinder to it than to us: its accounts lie in memory, and it writes no audit log.
import { Provider } from "oidc-provider";
import { RedisAdapter } from "./redis_adapter.mjs";

// Node 20 lacks it; oidc-provider wants Node 22.
URL.parse ??= (text, base) => (URL.canParse(text, base) ? new URL(text, base) : null);

export const setting = JSON.parse(process.env.PEER_SETTING);
const SECONDS = 3600;
const CLAIMS = { name: "张三丰", birthdate: "1949-12-31", gender: "female" };

const configuration = {
  adapter: RedisAdapter,
  jwks: setting.jwks,
  cookies: { keys: [setting.cookieKey] },
  scopes: ["openid", "offline_access"],
  claims: { openid: ["sub"], profile: Object.keys(CLAIMS) },
  clientDefaults: { id_token_signed_response_alg: "ES256" },
  pkce: { required: () => true },
  ttl: {
    AccessToken: SECONDS,
    AuthorizationCode: SECONDS,
    ClientCredentials: SECONDS,
    Grant: SECONDS,
    IdToken: SECONDS,
    RefreshToken: SECONDS,
    Session: SECONDS,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    dPoP: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: "openid profile offline_access",
        audience: setting.resource,
        accessTokenFormat: "jwt",
        jwt: { sign: { alg: "ES256" } },
      }),
    },
  },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...CLAIMS }) }),
  clients: setting.clients,
};

export const provider = new Provider(setting.issuer, configuration);
