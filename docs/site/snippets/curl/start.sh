# In the place of these: where your provider is, your app's client_id, and its secret, if it has one.
export ISSUER=http://localhost:8000 CLIENT_ID=start-curl
export CLIENT_SECRET=$(cat var/clients/start-curl.secret)
sh token.sh
