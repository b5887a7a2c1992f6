"""Claims about a person: what there is, what a client asks, what the person agrees to, what goes out."""
