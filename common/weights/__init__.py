"""Weights that others trained, read into our layers."""
