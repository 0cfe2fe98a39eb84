"""The report: page, tables for display, choices and warnings."""
