"""What the security staff do, on pages: who, which way, why."""
