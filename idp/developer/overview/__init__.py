"""An app: what it is called by, how it stands, what is missing; stopping it and taking it away."""
