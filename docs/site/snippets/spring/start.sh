# In the place of these: your app's client_id, and its secret as the console showed it.
export ISSUER=http://localhost:8000 CLIENT_ID=start-spring ORIGIN=http://spring.localhost:5000
export CLIENT_SECRET=$(cat var/clients/start-spring.secret)
mvn spring-boot:run
