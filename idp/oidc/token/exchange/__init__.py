"""What token exchange (RFC 8693) decides, one concern a file; the grant is `grants.token_exchange`."""
