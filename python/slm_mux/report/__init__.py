"""Results → a page to look at."""
