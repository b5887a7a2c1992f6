"""The token endpoint: codes in, tokens out."""
