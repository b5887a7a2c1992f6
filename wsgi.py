"""What a WSGI server loads: `granian --interface wsgi wsgi:app`."""

from idp import core_dumps, create_app
from idp.commands.starting import write_start

core_dumps.forbid()
app = create_app()
write_start(app.extensions["yitong"], "server")
