"""A sample of a device without a browser: a person signs in on it with their phone (RFC 8628)."""
