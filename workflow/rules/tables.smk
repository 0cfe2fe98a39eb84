"""Rasters -> tables.

Inputs   sums over zones, cubes, class rasters and absence of a study
Outputs  <study>/tables/*.csv
"""


rule summarise_zones:
    input:
        sums="<study>/zones/sums.parquet",
        grid="<study>/grid.tif",
        code=code_of("zones/summarise_zones.py"),
    output:
        series="<study>/tables/series_{zones}.csv",
        trends="<study>/tables/trends_{zones}.csv",
    log:
        "<logs>/{study}/summarise_zones/{zones}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        autocorrelation=lookup(within=STUDIES, dpath="{study}/trend/autocorrelation"),
    message:
        "{wildcards.study}: annual means and totals by {wildcards.zones}."
    script:
        "../scripts/zones/summarise_zones.py"


rule summarise_absence:
    input:
        absence=in_study("npp/{npp}/absence_{year}.tif"),
        counts=in_study("npp/{collection}/counts_{year}.csv"),
        grid="<study>/grid.tif",
        code=code_of("npp/summarise_absence.py"),
    output:
        absence="<study>/tables/absence.csv",
        native="<study>/tables/absence_native.csv",
    log:
        "<logs>/{study}/summarise_absence.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=years_of,
    message:
        "{wildcards.study}: area without NPP by reason."
    script:
        "../scripts/npp/summarise_absence.py"


rule summarise_trend:
    input:
        trend_class="<study>/pixel/{variable}/trend_class.tif",
        absence="<study>/pixel/npp/absence.tif",
        grid="<study>/grid.tif",
        code=code_of("zones/summarise_trend.py"),
    output:
        table="<study>/tables/trend_classes_{variable}.csv",
        criteria="<study>/tables/trend_criteria_{variable}.csv",
    log:
        "<logs>/{study}/summarise_trend/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=years_of,
        trend=lookup(within=STUDIES, dpath="{study}/trend"),
    message:
        "{wildcards.study}: area of each trend class of {wildcards.variable}."
    script:
        "../scripts/zones/summarise_trend.py"


rule compare_readings:
    input:
        npp="<study>/nep/npp.tif",
        respiration=compared_respiration,
        grid="<study>/grid.tif",
        code=code_of("respiration/compare_readings.py"),
    output:
        table="<study>/tables/respiration_readings.csv",
    log:
        "<logs>/{study}/compare_readings.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        readings=lookup(within=STUDIES, dpath="{study}/respiration_variants"),
        minimum_years=minimum_valid_years,
        chosen=lookup(within=STUDIES, dpath="{study}/respiration_variant"),
    message:
        "{wildcards.study}: NEP by the readings of the respiration equation."
    script:
        "../scripts/respiration/compare_readings.py"


rule check_results:
    input:
        npp=in_study("npp/{npp}/{year}.tif"),
        respiration=chosen_respiration,
        nep="<study>/nep/nep.tif",
        sums="<study>/zones/sums.parquet",
        series=first_area_series,
        absence="<study>/tables/absence.csv",
        defects=if_stations("tables/station_defects.csv"),
        fits=fit_tables,
        casa=casa_table,
        detectors=factor_tables,
        plots=plots_if_compared,
        polygons=polygons_on_grid,
        projects=projects_if_wanted,
        variation=variation_breaks,
        code=code_of("evaluation/check_results.py"),
    output:
        checks="<study>/tables/checks.csv",
        warnings="<study>/tables/warnings.csv",
    log:
        "<logs>/{study}/check_results.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        study=study_of,
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
    message:
        "{wildcards.study}: checks of the results."
    script:
        "../scripts/evaluation/check_results.py"
