"""The sandbox population: people who do not exist, for developers and tests."""
