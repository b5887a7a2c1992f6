"""How often strangers match, and the right person does not: measured by an operator on own pictures."""
