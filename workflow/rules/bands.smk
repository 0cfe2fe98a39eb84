"""A study with grid.blocks above 1: what gathers the bands of a raster; the rules of bands follow.

Inputs   <study>/bands/<band>/<file> of each output of a pixel rule
Outputs  <study>/<file>
"""


include: "bands_layers.smk"
include: "bands_statistics.smk"


ruleorder: gather_interpolate_climate > warp_climate


for banded in BANDED_RULES:
    gather = f"gather_{banded}"

    rule:
        name:
            gather
        input:
            unpack(bands_of(banded)),
            code=code_of("gather_bands.py"),
        output:
            **dict(getattr(rules, banded).output.items()),
        log:
            getattr(rules, banded).log[0].replace(banded, gather),
        wildcard_constraints:
            **constraints_of_gathering(banded),
        localrule: True
        conda:
            "../../envs/geo.yaml"
        resources:
            mem_mb=by_attempt(500),
            runtime=by_size(5),
        message:
            "{wildcards.study}: bands of {output[0]}."
        script:
            "../scripts/gather_bands.py"

    workflow.ruleorder(gather, banded)
