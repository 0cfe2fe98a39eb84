"""Statistics of each pixel's annual series."""
