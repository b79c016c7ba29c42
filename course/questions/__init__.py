"""Kinds of question: one file each. A file in this folder that defines a `Kind` is a kind."""
