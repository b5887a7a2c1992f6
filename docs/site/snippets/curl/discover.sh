#!/bin/sh
# Where everything is. Read it once; write no address into your program but the issuer.
set -eu
curl --silent --show-error --fail "$ISSUER/.well-known/openid-configuration"
