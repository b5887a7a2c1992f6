npm install express express-session openid-client
export SESSION_SECRET=$(node -p 'crypto.randomUUID()')
# In the place of these: your app's client_id, and its secret as the console showed it.
export ISSUER=http://localhost:8000 CLIENT_ID=start-express ORIGIN=http://express.localhost:5000
export CLIENT_SECRET=$(cat var/clients/start-express.secret)
node server.mjs
