"""What a person sees of their own account, and takes back."""
