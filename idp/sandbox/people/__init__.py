"""People of the sandbox who belong to one visitor, with a password of their own. They do not exist either."""
