"""Layers -> headline numbers under the options that the study did not choose.

Inputs   <study>/npp, nep, pixel/nep, landcover; only what a choice affects
Outputs  <study>/specification/<choice>.csv, <study>/tables/specification.csv
"""


rule vary_choice:
    input:
        unpack(choice_layers),
        code=code_of("evaluation/vary_choice.py"),
    output:
        table="<study>/specification/{choice}.csv",
    log:
        "<logs>/{study}/vary_choice/{choice}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(120),
    params:
        options=choice_options,
        study=study_of,
    message:
        "{wildcards.study}: options of {wildcards.choice}."
    script:
        "../scripts/evaluation/vary_choice.py"


rule summarise_specification:
    input:
        choices=choice_tables,
        code=code_of("evaluation/summarise_specification.py"),
    output:
        table="<study>/tables/specification.csv",
    log:
        "<logs>/{study}/summarise_specification.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(5),
    params:
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: what the other readings give."
    script:
        "../scripts/evaluation/summarise_specification.py"
