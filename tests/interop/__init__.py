"""Client libraries that we did not write, as they come, against a running provider.

Each gets the issuer, what its registration (`clients/*.toml`) says, and nothing else: what it needs to know
of the provider it reads from discovery. They speak http to localhost here, which most of them have to be told
is all right; with https there is no such switch to set.
"""
