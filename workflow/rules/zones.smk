"""Layers -> zones of a study, and the area of classes.

Inputs   <study>/landcover/<year>.tif, pixel/nep/mean.tif, climate, dem.tif, files of the user
Outputs  <study>/zones/<zones>.tif, <study>/climate/pet.tif, <study>/pixel/npp/absence.tif,
         <study>/tables/shares_<classes>.csv, <study>/zones/sums.parquet
"""


rule estimate_pet:
    input:
        months=months_of("temperature"),
        evaluations=evaluations_of("temperature"),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("climate/estimate_pet.py"),
    output:
        pet="<study>/climate/pet.tif",
    log:
        "<logs>/{study}/estimate_pet.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=years_of,
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: potential evapotranspiration of the mean year."
    script:
        "../scripts/climate/estimate_pet.py"


rule define_zones:
    input:
        layers=zone_layers,
        grid="<study>/grid.tif",
        code=code_of("zones/define_zones.py"),
    output:
        zones="<study>/zones/{zones}.tif",
    log:
        "<logs>/{study}/define_zones/{zones}.log",
    wildcard_constraints:
        zones=zones_made(),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        zones=zone_entry,
    message:
        "{wildcards.study}: zones {wildcards.zones}."
    script:
        "../scripts/zones/define_zones.py"


rule estimate_absence:
    input:
        absence=in_study("npp/{npp}/absence_{year}.tif"),
        code=code_of("npp/estimate_absence.py"),
    output:
        absence="<study>/pixel/npp/absence.tif",
    log:
        "<logs>/{study}/estimate_absence.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    message:
        "{wildcards.study}: commonest reason of absence."
    script:
        "../scripts/npp/estimate_absence.py"


rule summarise_classes:
    input:
        classes=classes_to_summarise,
        persistence=persistence_of_classes,
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("zones/summarise_classes.py"),
    output:
        table="<study>/tables/shares_{classes}.csv",
    log:
        "<logs>/{study}/summarise_classes/{classes}.log",
    wildcard_constraints:
        classes=r"\w+",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        built_in=classes_built_in,
    message:
        "{wildcards.study}: area of {wildcards.classes}."
    script:
        "../scripts/zones/summarise_classes.py"


rule sum_zones:
    input:
        nep="<study>/nep/nep.tif",
        npp="<study>/nep/npp.tif",
        rh="<study>/nep/rh.tif",
        temperature="<study>/climate/temperature.tif",
        precipitation="<study>/climate/precipitation.tif",
        radiation=climate_if_wanted("radiation"),
        zones=zone_rasters,
        grid="<study>/grid.tif",
        code=code_of("zones/sum_zones.py"),
    output:
        sums="<study>/zones/sums.parquet",
    log:
        "<logs>/{study}/sum_zones.log",
    priority: 1  # the series and their figures wait for it
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        kinds=kinds_of_zones,
        years=years_of,
    message:
        "{wildcards.study}: annual sums over all zones."
    script:
        "../scripts/zones/sum_zones.py"
