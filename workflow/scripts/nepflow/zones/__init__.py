"""Zones, sums over them, matched comparison of a zone with the rest."""
