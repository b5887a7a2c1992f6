"""The documentation at `/docs`: pages of `docs/site` and guides of `docs`, and tables made of what runs.

Flask is known to `views` alone. Nothing is made at the start: a page is made when it is first asked for,
and kept.
"""
