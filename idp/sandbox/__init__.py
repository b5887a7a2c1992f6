"""Pages of the sandbox alone."""
