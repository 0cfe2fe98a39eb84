"""Inputs of a study: what it needs, and whether all is there."""
