"""The desk of the security staff: what happened, what is happening, and what to do about it."""
