// Auth.js, the core of NextAuth: requests in, responses out, as the frameworks around it call it.
import { createInterface } from "node:readline";
import { Auth } from "@auth/core";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => JSON.parse((await lines.next()).value);
const say = (said) => process.stdout.write(`${JSON.stringify(said)}\n`);

const told = await read();
const config = {
  basePath: "/auth",
  trustHost: true,
  secret: crypto.randomUUID(),
  providers: [
    {
      id: "yitong",
      name: "Yitong",
      type: "oidc",
      issuer: told.issuer,
      clientId: told.client_id,
      clientSecret: told.client_secret,
      authorization: { params: { scope: told.scope } },
      checks: ["pkce", "state", "nonce"],
      idToken: false, // the name comes by userinfo
    },
  ],
  callbacks: {
    jwt: ({ token, account, profile }) => (account ? { ...token, profile } : token),
    session: ({ session, token }) => ({ ...session, profile: token.profile }),
  },
};
const origin = new URL(told.redirect_uri).origin;
const cookies = new Map();

async function ask(address, body) {
  const headers = { cookie: [...cookies].map((pair) => pair.join("=")).join("; ") };
  const request = new Request(new URL(address, origin), body
    ? { method: "POST", headers: { ...headers, "x-auth-return-redirect": "1" }, body: new URLSearchParams(body) }
    : { headers });
  const response = await Auth(request, config);
  for (const line of response.headers.getSetCookie()) {
    const [name, value] = line.split(";")[0].split(/=(.*)/);
    cookies.set(name, value);
  }
  return response;
}

const { csrfToken } = await (await ask("/auth/csrf")).json();
const { url } = await (await ask("/auth/signin/yitong", { csrfToken, callbackUrl: origin })).json();
say({ authorize: url });
const back = await ask((await read()).answer);
const session = await (await ask("/auth/session")).json();
say({ result: { location: back.headers.get("location"), session } });
process.exit(0);
