"""Station records: read, cleaned, checked, gap-filled, aggregated."""
