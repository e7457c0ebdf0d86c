"""Building the models on another engine than the one file of a home, and proving that they say the same."""
