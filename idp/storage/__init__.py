"""Where things are kept: the database, short-lived state, throttles and the outbox. Knows no Flask."""
