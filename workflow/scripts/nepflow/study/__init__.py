"""Knowledge of a study before any job runs: settings, checks, products, files."""
