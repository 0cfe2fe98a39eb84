"""Annual cubes -> what all climate drivers explain together in every pixel.

Inputs   <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/pixel/<variable>/{multiple_r2,multiple_p,dominant_class}.tif,
         <study>/tables/multiple_<variable>.csv
"""


rule estimate_dominance:
    input:
        cube=cube_of,
        drivers=driver_cubes,
        code=code_of("pixel/estimate_dominance.py"),
    output:
        r2="<study>/pixel/{variable}/multiple_r2.tif",
        p="<study>/pixel/{variable}/multiple_p.tif",
        dominant_class="<study>/pixel/{variable}/dominant_class.tif",
    log:
        "<logs>/{study}/estimate_dominance/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        correlation=lookup(within=STUDIES, dpath="{study}/correlation"),
    message:
        "{wildcards.study}: dominant drivers of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_dominance.py"


rule summarise_dominance:
    input:
        r2="<study>/pixel/{variable}/multiple_r2.tif",
        p="<study>/pixel/{variable}/multiple_p.tif",
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("pixel/summarise_dominance.py"),
    output:
        table="<study>/tables/multiple_{variable}.csv",
    log:
        "<logs>/{study}/summarise_dominance/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        built_in=drivers_built_in,
        level=lookup(within=STUDIES, dpath="{study}/correlation/significance_p"),
    message:
        "{wildcards.study}: multiple correlation of {wildcards.variable}."
    script:
        "../scripts/pixel/summarise_dominance.py"
