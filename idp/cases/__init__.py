"""Cases of the security staff: one piece of work, from what was noticed to what came of it."""
