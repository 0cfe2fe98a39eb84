"""Results -> comparison with field data, published numbers, other choices, and simulated truth.

Inputs   layers and tables of the study, tables of plots and sites of the raw folder,
         <results>/simulated/<study>/truth/*
Outputs  <study>/tables/{plots,sites}_comparison.csv, <study>/evaluation/{plots,sites}.csv,
         tables/{numbers,published,published_consistency,specification,checks,warnings}.csv,
         specification/<choice>.csv, tables/recovery{,_patterns,_management,_factors_*,_land_use_*}.csv
"""

from nepflow.study import (
    circularity,
    climate,
    detector,
    evaluation,
    files,
    landcover,
    layers,
    npp,
    pixel,
    respiration,
    restoration,
    zones,
)


wildcard_constraints:
    choice="respiration|year_2000|filled|persistence|significance|variation|correlation|landcover|fpar_limits",
    keyed=r"(keys/\w+/)?",


wildcard_constraints:
    contrast=r"[a-z][a-z0-9_]*",


rule compare_plots:
    input:
        plots=of_study(evaluation.field_file, kind="plots"),
        calibration=of_study(respiration.calibration_if_named),
    output:
        table="<study>/tables/plots_comparison.csv",
        pairs="<study>/evaluation/plots.csv",
    log:
        "<logs>/{study}/compare_plots.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        plots=setting("plots"),
        models=of_study(respiration.models),
        relation=setting("respiration/rh_relation"),
        constants=of_study(respiration.constants_by_model),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: models of respiration at field plots."
    script:
        "../scripts/evaluation/compare_plots.py"


rule compare_sites:
    input:
        sites=of_study(evaluation.field_file, kind="sites"),
        nep="<study>/nep/nep.tif",
    output:
        table="<study>/tables/sites_comparison.csv",
        pairs="<study>/evaluation/sites.csv",
    log:
        "<logs>/{study}/compare_sites.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        entry=of_study(files.field_entry, name="sites"),
        years=setting("years"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NEP at sites."
    script:
        "../scripts/evaluation/compare_sites.py"


rule summarise_numbers:
    input:
        unpack(of_study(evaluation.number_tables)),
        landcover_dates=of_study(landcover.of_dates),
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
        study=of_study(dict),
        dates=of_study(evaluation.landcover_dates),
        zones=of_study(zones.area),
    message:
        "{wildcards.study}: numbers of the text."
    script:
        "../scripts/evaluation/summarise_numbers.py"


rule compare_published:
    input:
        numbers="<study>/tables/numbers.csv",
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
        published=setting("published"),
        consistency=setting("consistency"),
        years=setting("years"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: published numbers."
    script:
        "../scripts/evaluation/compare_published.py"


rule vary_choice:
    input:
        unpack(of_study(evaluation.choice_layers, "choice")),
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
        options=of_study(evaluation.choice_options, "choice"),
        study=of_study(dict),
    message:
        "{wildcards.study}: options of {wildcards.choice}."
    script:
        "../scripts/evaluation/vary_choice.py"


rule summarise_specification:
    input:
        choices=of_study(evaluation.choice_tables),
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
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: what other choices give."
    script:
        "../scripts/evaluation/summarise_specification.py"


rule compare_truth:
    input:
        grid="<study>/grid.tif",
        true_temperature="<results>/simulated/{study}/truth/temperature.tif",
        temperature="<study>/climate/temperature.tif",
        true_precipitation="<results>/simulated/{study}/truth/precipitation.tif",
        precipitation="<study>/climate/precipitation.tif",
        true_radiation="<results>/simulated/{study}/truth/radiation.tif",
        radiation=of_study(layers.if_in_climate, variable="radiation"),
        true_npp="<results>/simulated/{study}/truth/npp.tif",
        npp="<study>/nep/npp.tif",
        true_rh="<results>/simulated/{study}/truth/rh.tif",
        rh_monthly=of_study(respiration.monthly_if_made),
        rh="<study>/nep/rh.tif",
        true_nep="<results>/simulated/{study}/truth/nep.tif",
        nep="<study>/nep/nep.tif",
        true_slope="<results>/simulated/{study}/truth/nep_trend.tif",
        slope=of_study(layers.trend_if_estimated),
        standard_errors=of_study(climate.standard_errors),
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
        climate=setting("climate/variables"),
        years=setting("years"),
        standard_error_years=setting("climate/standard_error_years", default=[]),
    message:
        "{wildcards.study}: what is recovered of the simulation's truth."
    script:
        "../scripts/evaluation/compare_truth.py"


rule compare_patterns:
    input:
        true_maps="<results>/simulated/{study}/truth/landcover.tif",
        maps=of_study(landcover.of_dates),
        true_slope="<results>/simulated/{study}/truth/nep_trend.tif",
        slope=of_study(layers.trend_if_estimated),
        true_temperature="<results>/simulated/{study}/truth/temperature.tif",
        true_precipitation="<results>/simulated/{study}/truth/precipitation.tif",
        true_radiation="<results>/simulated/{study}/truth/radiation.tif",
        true_npp="<results>/simulated/{study}/truth/npp.tif",
        found=of_study(pixel.npp_correlations),
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
        dates=of_study(evaluation.landcover_dates),
        classes=setting("landcover_classes"),
        drivers=setting("climate/variables"),
        shared_inputs=of_study(circularity.shared_inputs, variable="npp"),
        min_years=setting("min_years"),
        correlation=setting("correlation"),
    message:
        "{wildcards.study}: shares and signs beside the simulation's truth."
    script:
        "../scripts/evaluation/compare_patterns.py"


rule compare_factors:
    input:
        sample="<study>/detector/{detector}.npz",
        divisions="<study>/tables/detector_discretisation_{detector}.csv",
        truth=of_study(detector.truth_files, "detector"),
    output:
        table="<study>/tables/recovery_factors_{detector}.csv",
    log:
        "<logs>/{study}/compare_factors/{detector}.log",
    wildcard_constraints:
        detector=detector.pattern(STUDIES),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(30),
    params:
        years=of_study(detector.truth_years, "detector"),
        classes=of_study(detector.truth_classes, "detector"),
        variable=of_study(detector.variable, "detector"),
        options=setting("detector"),
    message:
        "{wildcards.study}: detector {wildcards.detector} beside the simulation's truth."
    script:
        "../scripts/evaluation/compare_factors.py"


rule compare_land_use:
    input:
        variable="<results>/simulated/{study}/truth/{variable}.tif",
        effect="<results>/simulated/{study}/truth/landcover_effect.tif",
        landcover="<results>/simulated/{study}/truth/landcover.tif",
        grid="<study>/grid.tif",
        effects="<study>/tables/land_use_effect_{variable}.csv",
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
        periods=setting("land_use_periods"),
        classes=setting("landcover_classes"),
        options=setting("land_use_effect"),
    message:
        "{wildcards.study}: effect of land-use change on {wildcards.variable} beside the truth."
    script:
        "../scripts/evaluation/compare_land_use.py"


rule compare_management:
    input:
        attribution="<study>/tables/attribution_nep.csv",
        effects="<study>/tables/restoration_effects.csv",
        projects="<study>/restoration/projects.csv",
        true_attribution="<results>/simulated/{study}/truth/attribution.csv",
        true_effects="<results>/simulated/{study}/truth/restoration.csv",
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
        restoration=setting("restoration"),
        first_year=setting("period/0"),
    message:
        "{wildcards.study}: planted trends and effects beside those found."
    script:
        "../scripts/evaluation/compare_management.py"


rule check_results:
    input:
        npp=of_study(layers.npp_of_years),
        respiration=of_study(layers.respiration_if_npp),
        nep=of_study(layers.if_npp, file="nep/nep.tif"),
        sums=of_study(layers.if_npp, file="zones/sums.parquet"),
        series=of_study(zones.area_series_if_npp),
        missing_reason=of_study(layers.if_npp, file="tables/missing_reasons.csv"),
        defects=of_study(climate.if_stations, file="tables/station_defects.csv"),
        suspects=of_study(climate.if_stations, file="tables/station_suspects.csv"),
        definitions=of_study(climate.if_stations, file="tables/station_definitions.csv"),
        fits=of_study(climate.fits),
        networks=of_study(climate.network_tables),
        steps=of_study(climate.if_stations, file="tables/station_steps.csv"),
        casa=of_study(npp.casa_table),
        detectors=of_study(detector.factor_tables),
        plots=of_study(evaluation.plots_if_compared),
        polygons=of_study(zones.of_polygons),
        projects=of_study(restoration.projects_if_wanted),
        variation=of_study(pixel.variation_breaks),
        inputs=of_study(files.checked_table),
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
        study=of_study(dict),
        climate=setting("climate/variables"),
    message:
        "{wildcards.study}: checks of the results."
    script:
        "../scripts/evaluation/check_results.py"
