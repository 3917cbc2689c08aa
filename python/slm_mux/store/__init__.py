"""What lies on disk between sampling and scoring: the words both read it by. Stdlib only."""
