"""Teams of developers, who is in them, and the client apps that are theirs."""
