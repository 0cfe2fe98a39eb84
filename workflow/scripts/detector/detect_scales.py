"""Detect what each factor explains on sampling grids of several spacings.

Reads   the variable and its factors, sample (npz: the divisions chosen), grid (1 = inside)
Writes  scales (table: q of each factor and its 90th percentile over factors, by spacing)
"""

from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.detector import sample as detector_sample
from nepflow.io import raster, tables


def detect_scales(inputs, outputs, settings, mem_mb):
    """Each spacing has its own cells and limits, by the method and classes of the study.

    A lattice of more cells than `detector.sample` is thinned; its spacing is then the mean one.
    """
    layer_paths, options = list(inputs["layers"]), settings["options"]
    sample = detector_sample.read(inputs["sample"])
    ways = results.chosen_ways(tables.read(inputs["discretisation"], ["factor", "method"]))
    valid, _ = detector_sample.valid_cells(layer_paths, inputs["grid"], mem_mb)
    side_km = raster.grid_of(inputs["grid"]).resolution_m / 1000
    rows = []
    for step in options["scale_steps"]:
        down, across = detector_sample.lattice(valid, step)
        whole = down.size
        if options["sample"] and whole > options["sample"]:
            down, across = detector_sample.thinned(down, across, options["sample"])
        if down.size < options["min_stratum_cells"] * max(options["classes"]):
            continue
        values = detector_sample.values_at(layer_paths, down, across, mem_mb)
        q = results.q_by_factor(values, sample, ways, options)
        spacing_km = step * side_km * (whole / down.size) ** 0.5
        rows += results.scale_rows(q, sample.names, spacing_km, down.size)
    rows = results.marked(rows, dict(zip(sample.names, settings["shared_inputs"], strict=True)))
    rows = [(settings["variable"], *row) for row in rows]
    tables.write(rows, outputs["table"], results.COLUMNS["scales"], settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        detect_scales(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
