"""What every page shares: the browser's cookie, CSRF, headers, errors, health."""
