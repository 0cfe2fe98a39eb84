"""Studies with grid.blocks above 1: jobs on bands of rows, gathered to the rasters of the grid.

Inputs   <study>/bands/<band>/<file> of each output of a rule that writes below <banded>/
Outputs  <study>/<file>
"""

from snakemake.io import strip_wildcard_constraints

IN_BANDS = [name for name, study in STUDIES.items() if study["grid"]["blocks"] > 1]


for banded in sorted(workflow.modifier.rules, key=str):
    if not any("{band}" in file for file in banded.output):
        continue
    outputs = {key: strip_wildcard_constraints(file) for key, file in banded.output.items()}
    gather, own = f"gather_{banded.name}", banded.wildcard_constraints.get("study", ".*")
    of_those = names.any_of(study for study in IN_BANDS if re.fullmatch(own, study))

    rule:
        name:
            gather
        input:
            unpack(bands_of(outputs)),
        output:
            **{key: file.replace("{band}", "") for key, file in outputs.items()},
        log:
            banded.log[0].replace("{band}", "").replace(banded.name, gather),
        wildcard_constraints:
            **(banded.wildcard_constraints | {"study": of_those}),
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
