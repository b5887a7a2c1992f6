"""From the sandbox into production: a package that the sandbox signs, a request with a checklist, and the
word of somebody of the staff who has nothing to do with the app.

Two deployments take part, which share neither people nor keys nor tokens: what comes over is the text of a
registration, why it asks for what it asks for, and what was seen of the app in the sandbox.
"""
