"""Smoothing splines of station values, or climate grids, on the study grid."""
