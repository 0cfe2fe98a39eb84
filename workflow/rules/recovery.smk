"""Products of a twin study and its truth -> what is recovered.

Inputs   <results>/twin/<study>/truth/*, the study's climate, NPP, Rh, NEP, trend, land cover
Outputs  <study>/tables/{recovery,recovery_patterns}.csv,
         <study>/tables/recovery_{factors_<detector>,land_use_<variable>}.csv
"""


rule compare_truth:
    input:
        grid="<study>/grid.tif",
        true_temperature="<results>/twin/{study}/truth/temperature.tif",
        temperature="<study>/climate/temperature.tif",
        true_precipitation="<results>/twin/{study}/truth/precipitation.tif",
        precipitation="<study>/climate/precipitation.tif",
        true_radiation="<results>/twin/{study}/truth/radiation.tif",
        radiation=climate_if_wanted("radiation"),
        true_npp="<results>/twin/{study}/truth/npp.tif",
        npp="<study>/nep/npp.tif",
        true_rh="<results>/twin/{study}/truth/rh.tif",
        rh_monthly=monthly_reading_if_made,
        rh="<study>/nep/rh.tif",
        true_nep="<results>/twin/{study}/truth/nep.tif",
        nep="<study>/nep/nep.tif",
        true_slope="<results>/twin/{study}/truth/nep_trend.tif",
        slope=trend_if_estimated,
        code=code_of("evaluation/compare_truth.py"),
    output:
        table="<study>/tables/recovery.csv",
    log:
        "<logs>/{study}/compare_truth.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        climate=lookup(within=STUDIES, dpath="{study}/climate/variables"),
    message:
        "{wildcards.study}: what is recovered of the twin's truth."
    script:
        "../scripts/evaluation/compare_truth.py"


rule compare_patterns:
    input:
        true_maps="<results>/twin/{study}/truth/landcover.tif",
        maps=landcover_of_dates,
        true_slope="<results>/twin/{study}/truth/nep_trend.tif",
        slope=trend_if_estimated,
        true_temperature="<results>/twin/{study}/truth/temperature.tif",
        true_precipitation="<results>/twin/{study}/truth/precipitation.tif",
        true_radiation="<results>/twin/{study}/truth/radiation.tif",
        true_npp="<results>/twin/{study}/truth/npp.tif",
        found=npp_correlations,
        code=code_of("evaluation/compare_patterns.py"),
    output:
        table="<study>/tables/recovery_patterns.csv",
    log:
        "<logs>/{study}/compare_patterns.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        dates=dates_of_landcover,
        classes=lookup(within=STUDIES, dpath="{study}/landcover_classes"),
        drivers=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        built_in=npp_built_in,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        correlation=lookup(within=STUDIES, dpath="{study}/correlation"),
    message:
        "{wildcards.study}: shares and signs beside the twin's truth."
    script:
        "../scripts/evaluation/compare_patterns.py"


rule compare_factors:
    input:
        sample="<study>/detector/{detector}.npz",
        divisions="<study>/tables/detector_discretisation_{detector}.csv",
        truth=detector_truth,
        code=code_of("evaluation/compare_factors.py"),
    output:
        table="<study>/tables/recovery_factors_{detector}.csv",
    log:
        "<logs>/{study}/compare_factors/{detector}.log",
    wildcard_constraints:
        detector=detector_names(),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(30),
    params:
        years=detector_truth_years,
        classes=detector_truth_classes,
        variable=detector_variable_name,
        options=lookup(within=STUDIES, dpath="{study}/detector"),
    message:
        "{wildcards.study}: detector {wildcards.detector} beside the twin's truth."
    script:
        "../scripts/evaluation/compare_factors.py"


rule compare_land_use:
    input:
        variable="<results>/twin/{study}/truth/{variable}.tif",
        effect="<results>/twin/{study}/truth/landcover_effect.tif",
        landcover="<results>/twin/{study}/truth/landcover.tif",
        grid="<study>/grid.tif",
        effects="<study>/tables/land_use_effect_{variable}.csv",
        code=code_of("evaluation/compare_land_use.py"),
    output:
        table="<study>/tables/recovery_land_use_{variable}.csv",
    log:
        "<logs>/{study}/compare_land_use/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(30),
    params:
        periods=lookup(within=STUDIES, dpath="{study}/land_use_periods"),
        classes=lookup(within=STUDIES, dpath="{study}/landcover_classes"),
        options=lookup(within=STUDIES, dpath="{study}/land_use_effect"),
    message:
        "{wildcards.study}: effect of land-use change on {wildcards.variable} beside the truth."
    script:
        "../scripts/evaluation/compare_land_use.py"
