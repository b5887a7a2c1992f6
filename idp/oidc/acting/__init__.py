"""For whom a person acts: chosen, remembered, asked again at each use, and told to clients."""
