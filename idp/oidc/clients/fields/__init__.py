"""What a registration may say, a concern a file; `metadata` puts them together."""
