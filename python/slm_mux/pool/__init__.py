"""The pool room."""
