"""How a client proves who it is, and by what: its secrets, its keys, and what is known of both."""
