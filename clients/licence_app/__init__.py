"""A sample of a licence app: keeps an electronic business licence and signs with it what a page asks for.

Its protocol is docs/licence-app.md. It is a web app for the size of a telephone, so that it runs anywhere; a
real one is an app whose keys lie in the telephone's own hardware.
"""
