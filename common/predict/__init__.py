"""Trained networks on a user's own sequences: weights with a card, predictions, streams of them."""
