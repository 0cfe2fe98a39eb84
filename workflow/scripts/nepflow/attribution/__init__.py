"""Trends split into a climate-driven and a residual component."""
