"""Studies with grid.blocks above 1: jobs on bands of rows, gathered to the rasters of the grid.

Inputs   <study>/bands/<band>/<file> of each output of a rule that writes below <banded>/
Outputs  <study>/<file>
"""

IN_BANDS = [name for name, study in STUDIES.items() if study["grid"]["blocks"] > 1]


ruleorder: gather_interpolate_climate > warp_climate


for banded in sorted(workflow.modifier.rules, key=str):
    if not any("{band}" in file for file in banded.output):
        continue
    gather = f"gather_{banded.name}"

    rule:
        name:
            gather
        input:
            unpack(bands_of(dict(banded.output.items()))),
        output:
            **{name: file.replace("{band}", "") for name, file in banded.output.items()},
        log:
            banded.log[0].replace("{band}", "").replace(banded.name, gather),
        wildcard_constraints:
            **banded.wildcard_constraints,
            study=names.any_of(
                study
                for study in IN_BANDS
                if re.fullmatch(banded.wildcard_constraints.get("study", ".*"), study)
            ),
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

    workflow.ruleorder(gather, banded.name)
