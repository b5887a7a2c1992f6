#!/bin/sh
# A token for the program itself, and what it says. The secret goes by standard input: ps shows arguments to all.
set -eu
basic() { printf 'user = "%s:%s"\n' "$CLIENT_ID" "$CLIENT_SECRET"; }

answer=$(basic | curl --silent --show-error --fail --config - "$ISSUER/oauth2/token" \
    --data grant_type=client_credentials --data scope=licences:read)
token=$(printf %s "$answer" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')

# Is it good? A service that is called with a token asks like this, with its own client.
basic | curl --silent --show-error --fail --config - "$ISSUER/oauth2/introspect" --data "token=$token"

# And away with it.
basic | curl --silent --show-error --fail --config - "$ISSUER/oauth2/revoke" --data "token=$token"
