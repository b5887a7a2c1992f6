"""Sites that sign people in, each with a library or a server that is not ours."""
