"""Embedded geography -> what a twin needs whose study models NPP from NDVI.

Inputs   resources/<region>/*
Outputs  <results>/twin/{study}/granules/MOD13A3.*.csv with tiles beside in modis/, karst.gpkg,
         population.tif
"""


rule simulate_ndvi:
    input:
        geography=GEOGRAPHY,
        code=code_of("simulation/simulate_ndvi.py"),
    output:
        granules="<results>/twin/{study}/granules/MOD13A3.061_{year}.csv",
    log:
        "<logs>/{study}/simulate_ndvi/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        pixels_per_tile=lookup(within=STUDIES, dpath="{study}/twin/pixels_per_tile"),
        seed=lookup(within=STUDIES, dpath="{study}/twin/seed"),
    message:
        "{wildcards.study}: simulated NDVI tiles of {wildcards.year}."
    script:
        "../scripts/simulation/simulate_ndvi.py"


rule simulate_factors:
    input:
        geography=GEOGRAPHY,
        code=code_of("simulation/simulate_factors.py"),
    output:
        karst="<results>/twin/{study}/karst.gpkg",
        population="<results>/twin/{study}/population.tif",
    log:
        "<logs>/{study}/simulate_factors.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        seed=lookup(within=STUDIES, dpath="{study}/twin/seed"),
    message:
        "{wildcards.study}: simulated karst and population."
    script:
        "../scripts/simulation/simulate_factors.py"
