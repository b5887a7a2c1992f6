"""OpenID Connect: what relying parties speak with us. One room inside for each concern."""
