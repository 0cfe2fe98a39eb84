"""MODIS tiles to the cells of the study grid."""
