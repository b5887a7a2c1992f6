"""What a WSGI server loads: `granian --interface wsgi wsgi:app`."""

from idp import core_dumps, create_app

core_dumps.forbid()
app = create_app()
