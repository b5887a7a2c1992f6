"""What the protocol answers by a plain function of a request, and the table of it."""
