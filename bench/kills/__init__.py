"""A provider and its database under load, ended with SIGKILL at random moments, and what was kept then."""
