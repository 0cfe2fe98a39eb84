"""Detect what each factor explains on sampling grids of several spacings.

Reads   the variable and its factors, sample (npz: the divisions chosen), grid (1 = inside)
Writes  scales (table: q of each factor and its 90th percentile over factors, by spacing)
"""

from nepflow._log import logged_to
from nepflow.detector import results
from nepflow.detector import sample as detector_sample
from nepflow.io import raster, tables


def detect_scales(
    layer_paths,
    sample_path,
    discretisation_path,
    grid_path,
    output_path,
    options,
    built_in,
    variable,
    mem_mb,
    simulated,
):
    """Each spacing has its own cells and limits, by the method and classes of the study.

    A lattice of more cells than `detector.sample` is thinned; its spacing is then the mean one.
    """
    sample = detector_sample.read(sample_path)
    ways = results.chosen_ways(tables.read(discretisation_path, ["factor", "method"]))
    valid, _ = detector_sample.valid_cells(layer_paths, grid_path, mem_mb)
    side_km = raster.grid_of(grid_path).resolution_m / 1000
    rows = []
    for step in options["scale_steps"]:
        down, across = detector_sample.lattice(valid, step)
        whole = down.size
        if options["sample"] and whole > options["sample"]:
            down, across = detector_sample.thinned(down, across, options["sample"])
        if down.size < options["smallest_stratum_cells"] * max(options["classes"]):
            continue
        values = detector_sample.values_at(layer_paths, down, across, mem_mb)
        q = results.q_by_factor(values, sample, ways, options)
        spacing_km = step * side_km * (whole / down.size) ** 0.5
        rows += results.scale_rows(q, sample.names, spacing_km, down.size)
    rows = results.marked(rows, dict(zip(sample.names, built_in, strict=True)))
    rows = [(variable, *row) for row in rows]
    tables.write(rows, output_path, results.COLUMNS["scales"], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        detect_scales(
            layer_paths=list(snakemake.input.layers),
            sample_path=snakemake.input.sample,
            discretisation_path=snakemake.input.discretisation,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            options=snakemake.params.options,
            built_in=snakemake.params.built_in,
            variable=snakemake.params.variable,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
