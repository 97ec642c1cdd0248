"""Weights that others published, read into the layers here; nothing is ever unpickled."""
