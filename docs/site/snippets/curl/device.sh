#!/bin/sh
# A device without a browser: show an address and a code, and poll until somebody has answered on their phone.
set -eu
who() {
    if [ -n "${CLIENT_SECRET:-}" ]; then
        printf 'user = "%s:%s"\n' "$CLIENT_ID" "$CLIENT_SECRET"
    else # a device that stands in a hall keeps no secret
        printf 'data-urlencode = "client_id=%s"\n' "$CLIENT_ID"
    fi
}
member() { sed -n "s/.*\"$1\":\"\{0,1\}\([^\",}]*\).*/\1/p"; }

begun=$(who | curl --silent --show-error --fail --config - "$ISSUER/oauth2/device_authorization" \
    --data-urlencode "scope=${SCOPE:-openid profile}")
device_code=$(printf %s "$begun" | member device_code)
interval=$(printf %s "$begun" | member interval)
echo "Open $(printf %s "$begun" | member verification_uri_complete)"
echo "and compare the code: $(printf %s "$begun" | member user_code)"

while :; do
    sleep "$interval"
    answer=$(who | curl --silent --show-error --config - "$ISSUER/oauth2/token" \
        --data-urlencode grant_type=urn:ietf:params:oauth:grant-type:device_code \
        --data-urlencode "device_code=$device_code")
    case $(printf %s "$answer" | member error) in
    authorization_pending) ;;                # nobody has answered yet
    slow_down) interval=$((interval + 5)) ;; # RFC 8628 section 3.5
    "") break ;;
    *) echo "$answer" >&2; exit 1 ;;
    esac
done

printf 'header = "Authorization: Bearer %s"\n' "$(printf %s "$answer" | member access_token)" |
    curl --silent --show-error --fail --config - "$ISSUER/oauth2/userinfo"
