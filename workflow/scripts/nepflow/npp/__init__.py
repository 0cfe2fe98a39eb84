"""Net primary productivity: MOD17, CASA, NDVI, FPAR."""
