"""Opening an account: who somebody is, what binds them to it, how they will sign in."""
