"""Files: rasters on the study grid and the one loop over space, tables, vectors."""
