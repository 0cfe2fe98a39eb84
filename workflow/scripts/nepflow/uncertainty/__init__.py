"""Errors of inputs and constants, carried to NEP of cells and zones."""
