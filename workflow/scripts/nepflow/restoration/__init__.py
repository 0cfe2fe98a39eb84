"""Effect of restoration projects: matching, difference-in-differences, stages."""
