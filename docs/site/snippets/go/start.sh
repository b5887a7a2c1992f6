# In the place of these: your app's client_id, and its secret as the console showed it.
export ISSUER=http://localhost:8000 CLIENT_ID=start-go ORIGIN=http://go.localhost:5000 PORT=5000
export CLIENT_SECRET=$(cat var/clients/start-go.secret)
go mod tidy
go run .
