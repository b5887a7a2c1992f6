from flask import Flask
from markupsafe import escape
from yitong_rp.flask import RelyingParty

app = Flask(__name__)
app.config.from_prefixed_env()
party = RelyingParty(app)


@app.get("/")
def home():
    return '<a href="/me">Sign in</a>'


@app.get("/me")
@party.login_required
def me():
    return f"""<h1>{escape(party.current.claims["name"])}</h1><a href="/filing">File a return</a>
        <form id="sign-out" method="post" action="/sign-out"><button>Sign out</button>
        <input type="hidden" name="csrf_token" value="{party.csrf_token}"></form>"""


@app.get("/filing")
@party.login_required(level=3)
def filing():
    return f"You are here in person: level {party.level}."
