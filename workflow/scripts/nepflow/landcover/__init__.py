"""Land-cover classes, transitions, and the effect of land-use change."""
