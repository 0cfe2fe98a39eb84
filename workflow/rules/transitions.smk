"""Land cover of several dates -> what changed between them; settings -> what is built in.

Inputs   <study>/landcover/<year>.tif
Outputs  <study>/tables/{transitions,built_in}.csv
"""


rule summarise_transitions:
    input:
        landcover=landcover_of_dates,
        grid="<study>/grid.tif",
        code=code_of("landcover/summarise_transitions.py"),
    output:
        table="<study>/tables/transitions.csv",
    log:
        "<logs>/{study}/summarise_transitions.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        dates=lookup(within=STUDIES, dpath="{study}/landcover/transitions"),
    message:
        "{wildcards.study}: land-cover change between dates."
    script:
        "../scripts/landcover/summarise_transitions.py"


rule describe_dependence:
    input:
        code=code_of("study/describe_dependence.py"),
    output:
        table="<study>/tables/built_in.csv",
    log:
        "<logs>/{study}/describe_dependence.log",
    localrule: True
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(5),
    params:
        study=study_of,
    message:
        "{wildcards.study}: drivers that entered what they are compared with."
    script:
        "../scripts/study/describe_dependence.py"
