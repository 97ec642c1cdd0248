"""Least divergence of a zipcode between the shares with and without the mask, in nats."""

from __future__ import annotations

PAPERS_CUTOFF = 0.0075
"""Of the counts that section 3.4 prints, and of `reproduce scan`."""

CONSERVATION_CUTOFF = 0.0076
"""Of the zipcodes whose conservation the paper compares."""

CUTOFFS = (
    *(0.0025, 0.005, PAPERS_CUTOFF, CONSERVATION_CUTOFF, 0.01),
    *(0.015, 0.02, 0.03, 0.04, 0.05),
)
"""Of Figure 7 and of the conservation by cutoff."""
