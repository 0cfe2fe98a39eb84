"""Geographical detector."""
