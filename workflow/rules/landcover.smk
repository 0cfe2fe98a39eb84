"""MCD12Q1 tiles -> land cover of each year, its transitions, and the effect of land-use change.

Inputs   HDF4-EOS tiles of the raw folder, <study>/nep/nep.tif and the other cubes
Outputs  <study>/landcover/landcover_<year>.tif, by another key landcover/keys/<key>/landcover_<year>.tif,
         <study>/land_use/{<variable>,class}_{first,last}.tif,
         <study>/tables/{transitions,land_use_effect_<variable>,land_use_density_<variable>}.csv
"""

from nepflow.study import downloads, landcover, layers, modis


wildcard_constraints:
    span="first|last",


rule warp_landcover:
    input:
        granules=of_study(downloads.granules, "year", product="MCD12Q1"),
        grid="<study>/grid.tif",
    output:
        landcover="<banded>/landcover/{keyed}landcover_{year}.tif",
        granules="<banded>/landcover/{keyed}granules_{year}.csv",
    log:
        "<logs>/{study}{band}/warp_landcover/{keyed}{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        tiles=when_listed(downloads.files_of_tiles, "year", product="MCD12Q1"),
        classes=of_study(landcover.classes_by_key, "keyed"),
        resampling=of_study(modis.resampling_of, product="MCD12Q1"),
    message:
        "{wildcards.study}{wildcards.band}: land cover of {wildcards.year} on the study grid."
    script:
        "../scripts/landcover/warp_landcover.py"


rule summarise_transitions:
    input:
        landcover=of_study(landcover.of_dates),
        grid="<study>/grid.tif",
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
        dates=setting("landcover/transitions"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: land-cover change between dates."
    script:
        "../scripts/landcover/summarise_transitions.py"


rule average_periods:
    input:
        cube=of_study(layers.cube, "variable"),
    output:
        first="<banded>/land_use/{variable}_first.tif",
        last="<banded>/land_use/{variable}_last.tif",
    log:
        "<logs>/{study}{band}/average_periods/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=setting("years"),
        periods=setting("land_use_periods"),
        min_years=setting("land_use_effect/min_years"),
    message:
        "{wildcards.study}{wildcards.band}: {wildcards.variable} of the first and the last years."
    script:
        "../scripts/landcover/average_periods.py"


rule average_landcover:
    input:
        landcover=of_study(landcover.of_span, "span"),
    output:
        landcover="<banded>/land_use/class_{span}.tif",
    log:
        "<logs>/{study}{band}/average_landcover/{span}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        period=of_study(landcover.span_years, "span"),
    message:
        "{wildcards.study}{wildcards.band}: commonest land cover of the {wildcards.span} years."
    script:
        "../scripts/landcover/average_landcover.py"


rule summarise_land_use:
    input:
        first="<study>/land_use/{variable}_first.tif",
        last="<study>/land_use/{variable}_last.tif",
        landcover_first="<study>/land_use/class_first.tif",
        landcover_last="<study>/land_use/class_last.tif",
        grid="<study>/grid.tif",
    output:
        effects="<study>/tables/land_use_effect_{variable}.csv",
        densities="<study>/tables/land_use_density_{variable}.csv",
    log:
        "<logs>/{study}/summarise_land_use/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(30),
    params:
        years=of_study(landcover.compared_periods),
        options=setting("land_use_effect"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: effect of land-use change on {wildcards.variable}."
    script:
        "../scripts/landcover/summarise_land_use.py"
