"""Rules of checks: where our server may look, runs, reports."""
