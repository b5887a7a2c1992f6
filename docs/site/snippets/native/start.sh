pip install authlib joserfc requests
# In the place of these: where your provider is, and your app's client_id.
export ISSUER=http://localhost:8000 CLIENT_ID=start-native
python sign_in.py
