"""A telephone of the sandbox's people: what it was sent, and what it scans."""
