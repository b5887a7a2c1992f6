# In the place of these: your app's client_id, and its secret as the console showed it.
export ISSUER=http://localhost:8000 CLIENT_ID=start-php ORIGIN=http://php.localhost:5000
export CLIENT_SECRET=$(cat var/clients/start-php.secret)
php -S 127.0.0.1:5000 index.php
