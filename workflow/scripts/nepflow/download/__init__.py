"""Public archives: search, transfer, verification, provenance."""
