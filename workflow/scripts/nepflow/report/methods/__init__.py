"""The methods text, a module a stage."""
