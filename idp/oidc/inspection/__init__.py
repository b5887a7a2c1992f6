"""What of a request may be kept for the developer who has to mend it: facts of the rule that it broke, its
parameters without what is secret or somebody's, and, while somebody watches, the request as a whole."""
