"""Logos of clients on the consent page: fetched once, made anew, and served from here.

A browser that fetched a logo from its client would tell it who looks at a consent page, and when. So the
worker fetches it, through the guarded client; what people get is a small picture of our own making.
"""
