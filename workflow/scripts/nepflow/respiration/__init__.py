"""Soil and heterotrophic respiration."""
