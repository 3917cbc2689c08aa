"""The last rung of grading: a language model is asked what the rungs before could not tell."""
