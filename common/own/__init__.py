"""A paper's network trained on a user's own sequences: folds, baselines, records, a report."""
