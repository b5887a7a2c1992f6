// openid-client: a program that acts for itself.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const told = JSON.parse((await lines.next()).value);
const config = await client.discovery(
  new URL(told.issuer),
  told.client_id,
  undefined,
  client.ClientSecretBasic(told.client_secret),
  { execute: [client.allowInsecureRequests] },
);
const token = await client.clientCredentialsGrant(config, { scope: "licences:read" });
const found = await client.tokenIntrospection(config, token.access_token);
process.stdout.write(`${JSON.stringify({ result: { token, found } })}\n`);
process.exit(0);
