"""OpenID Connect Session Management 1.0: a frame tells portals in the browser when a sign-in changes."""
