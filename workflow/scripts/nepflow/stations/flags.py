"""Quality flags of station records: their names and codes."""

# The column <variable>_flag of the records. What is not observed or sunshine has no value of
# its own: where one stands beside such a flag, it was reconstructed.
FLAGS = ("observed", "sunshine", "missing", "range", "step", "persistence", "spatial")
OBSERVED, SUNSHINE, MISSING, RANGE, STEP, PERSISTENCE, SPATIAL = range(len(FLAGS))


def column_of(variable):
    """Return the name of a variable's flag column."""
    return f"{variable}_flag"
