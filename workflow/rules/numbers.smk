"""Tables -> the numbers of the text, beside the published ones.

Inputs   <study>/tables/*.csv, <study>/landcover/<year>.tif
Outputs  <study>/tables/{numbers,published,published_consistency}.csv
"""


rule summarise_numbers:
    input:
        unpack(number_tables),
        landcover_dates=landcover_of_dates,
        code=code_of("evaluation/summarise_numbers.py"),
    output:
        table="<study>/tables/numbers.csv",
    log:
        "<logs>/{study}/summarise_numbers.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        study=study_of,
        dates=dates_of_landcover,
        zones=area_zones,
    message:
        "{wildcards.study}: numbers of the text."
    script:
        "../scripts/evaluation/summarise_numbers.py"


rule compare_published:
    input:
        numbers="<study>/tables/numbers.csv",
        code=code_of("evaluation/compare_published.py"),
    output:
        published="<study>/tables/published.csv",
        consistency="<study>/tables/published_consistency.csv",
    log:
        "<logs>/{study}/compare_published.log",
    localrule: True
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(10),
    params:
        published=lookup(within=STUDIES, dpath="{study}/published"),
        consistency=lookup(within=STUDIES, dpath="{study}/consistency"),
        years=years_of,
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: published numbers."
    script:
        "../scripts/evaluation/compare_published.py"
