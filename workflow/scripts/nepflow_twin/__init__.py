"""A simulated archive with known truth. Imports no formula of nepflow."""
