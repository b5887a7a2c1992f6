"""How a registration is written: the one way in, its versions, and manifests."""
