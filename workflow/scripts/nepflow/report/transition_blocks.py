"""The table of land-cover change turned for reading: a matrix and the changes of each pair."""

from nepflow import labels

_CHANGES = ("before", "after", "gain", "loss", "net", "swap")


def of(records, block):
    """Return two blocks a pair of dates: shares from class to class, and what each class won.

    Parameters
    ----------
    records : list of dict
        Rows of `transition_rows.pair_rows`.
    block : callable
        Makes a block of (title, key heads, heads, cells, note).
    """
    made = []
    for year in dict.fromkeys(record["year"] for record in records):
        rows = [record for record in records if record["year"] == year]
        matrix = [row for row in rows if row["quantity"] == "transition_share"]
        if matrix:
            period = year.replace("-", "–")
            made.append(_matrix(matrix, rows, period, block))
            made.append(_changes(rows, period, block))
    return made


def _matrix(matrix, rows, period, block):
    cells = {}
    for row in matrix:
        cells.setdefault((row["zone"],), {})[row["to"]] = float(row["value"])
    heads = [
        {"text": name, "unit": "%", "key": name, "quantity": "share"}
        for name in dict.fromkeys(row["to"] for row in matrix)
    ]
    total = {row["quantity"]: float(row["value"]) for row in rows if row["zone"] == labels.REGION}
    note = (
        f"% of the area with a class at both dates ({labels.number(total['known_area'], 0)} km²); "
        f"changed: {labels.number(total['changed_share'], 2)} %. Without a class: "
        f"{labels.number(total['absent_area'], 0)} km². The CSV also holds the areas."
    )
    return block(f"From class (row) to class (column), {period}", ["From"], heads, cells, note)


def _changes(rows, period, block):
    cells = {}
    for row in rows:
        name = str(row["quantity"]).removesuffix("_share")
        if name in _CHANGES and row["quantity"] != name:
            cells.setdefault((row["zone"],), {})[name] = float(row["value"])
    heads = [
        {"text": labels.sentence(name), "unit": "%", "key": name, "quantity": "share"}
        for name in _CHANGES
    ]
    return block(f"Gain, loss, net change and swap, {period}", ["Class"], heads, cells, "")
