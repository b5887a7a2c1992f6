import os

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = [".localhost"]
ROOT_URLCONF = "portal.urls"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
]
# In memory, for this quick start. In earnest: the database or a cache that all your processes share; not in
# cookies, which the browser can read.
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_SAMESITE = "Lax"

ORIGIN = os.environ["ORIGIN"]
YITONG_ISSUER = os.environ["ISSUER"]
YITONG_CLIENT_ID = os.environ["CLIENT_ID"]
YITONG_CLIENT_SECRET = os.environ["CLIENT_SECRET"]
