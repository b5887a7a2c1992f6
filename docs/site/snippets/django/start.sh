pip install django authlib requests
export SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex())')
# In the place of these: your app's client_id, and its secret as the console showed it.
export ISSUER=http://localhost:8000 CLIENT_ID=start-django ORIGIN=http://django.localhost:5000
export CLIENT_SECRET=$(cat var/clients/start-django.secret)
export DJANGO_SETTINGS_MODULE=portal.settings
python -m django runserver --noreload 5000
