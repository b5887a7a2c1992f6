"""Outcomes that an app can have forced, so that its own checks are tested. In the sandbox alone."""
