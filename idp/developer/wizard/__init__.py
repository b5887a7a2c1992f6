"""Making an app: what kind, its name, where it lives; and then what was chosen for it, and why."""
