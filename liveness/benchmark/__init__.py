"""What a session costs on this machine: CPU time by stage, memory, and how it grows with threads."""
