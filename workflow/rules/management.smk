"""A twin whose people manage the land -> its projects, soil and plots, and what is found of them.

Inputs   resources/<region>/*, <study>/grid.tif, tables of attribution and restoration
Outputs  <results>/twin/{study}/{restoration.gpkg,soil_carbon.tif,srdb-data.csv},
         <results>/twin/{study}/truth/{restoration,attribution}.csv, truth/*_slope.tif,
         <study>/tables/recovery_management.csv
"""


rule simulate_management:
    input:
        geography=GEOGRAPHY,
        code=code_of("simulation/simulate_management.py"),
    output:
        projects="<results>/twin/{study}/restoration.gpkg",
        carbon="<results>/twin/{study}/soil_carbon.tif",
        plots="<results>/twin/{study}/srdb-data.csv",
        truth="<results>/twin/{study}/truth/restoration.csv",
    log:
        "<logs>/{study}/simulate_management.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        period=lookup(within=STUDIES, dpath="{study}/period"),
        seed=lookup(within=STUDIES, dpath="{study}/twin/seed"),
    message:
        "{wildcards.study}: simulated restoration, soil carbon and field plots."
    script:
        "../scripts/simulation/simulate_management.py"


rule simulate_parts:
    input:
        geography=GEOGRAPHY,
        grid="<study>/grid.tif",
        code=code_of("simulation/simulate_parts.py"),
    output:
        npp_climate="<results>/twin/{study}/truth/npp_climate_slope.tif",
        npp_human="<results>/twin/{study}/truth/npp_human_slope.tif",
        nep_climate="<results>/twin/{study}/truth/nep_climate_slope.tif",
        nep_human="<results>/twin/{study}/truth/nep_human_slope.tif",
        table="<results>/twin/{study}/truth/attribution.csv",
    log:
        "<logs>/{study}/simulate_parts.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        period=lookup(within=STUDIES, dpath="{study}/period"),
        seed=lookup(within=STUDIES, dpath="{study}/twin/seed"),
    message:
        "{wildcards.study}: what climate and people truly add to trends."
    script:
        "../scripts/simulation/simulate_parts.py"


rule compare_management:
    input:
        attribution="<study>/tables/attribution_nep.csv",
        effects="<study>/tables/restoration_effects.csv",
        projects="<study>/restoration/projects.csv",
        true_attribution="<results>/twin/{study}/truth/attribution.csv",
        true_effects="<results>/twin/{study}/truth/restoration.csv",
        code=code_of("evaluation/compare_management.py"),
    output:
        table="<study>/tables/recovery_management.csv",
    log:
        "<logs>/{study}/compare_management.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(10),
    params:
        restoration=lookup(within=STUDIES, dpath="{study}/restoration"),
        first_year=lookup(within=STUDIES, dpath="{study}/period/0"),
    message:
        "{wildcards.study}: planted trends and effects beside those found."
    script:
        "../scripts/evaluation/compare_management.py"
