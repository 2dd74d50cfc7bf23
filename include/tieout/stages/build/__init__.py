"""build: balanced, summarised journals with lineage and certificate."""
