pip install "./clients/sdk[flask]"  # from this repository: no index has it
# The console shows the FLASK_YITONG_ lines with your app's values: put them in the place of these.
export FLASK_SECRET_KEY=$(python -c 'import secrets; print(secrets.token_hex())')
export FLASK_YITONG_ISSUER=http://localhost:8000
export FLASK_YITONG_CLIENT_ID=newcomer
export FLASK_YITONG_CLIENT_SECRET=$(cat var/clients/newcomer.secret)
export FLASK_YITONG_SCOPE="openid profile"
export FLASK_YITONG_ORIGIN=http://portal.localhost:5000
flask --app portal run --port 5000
