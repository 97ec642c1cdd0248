"""Language models of proteins: sequences to per-residue embeddings."""
