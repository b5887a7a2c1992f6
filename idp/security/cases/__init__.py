"""Cases of the security staff, on pages."""
