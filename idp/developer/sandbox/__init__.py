"""What an app's sign-ins in the sandbox end with, chosen on a page. There is no such page in production."""
