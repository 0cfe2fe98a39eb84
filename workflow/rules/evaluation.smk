"""Results -> comparison with field data, published numbers, other choices, and simulated truth.

Inputs   tables of plots and sites of the raw folder, <study>/nep/nep.tif, zones and layers
         <study>/tables/*.csv, <study>/landcover/<year>.tif
         <study>/npp, nep, pixel/nep, landcover; only what a choice affects
         <results>/twin/<study>/truth/*, the study's climate, NPP, Rh, NEP, trend, land cover
         resources/<region>/*, <study>/grid.tif, tables of attribution and restoration
         sums over zones, cubes, class rasters and absence of a study
Outputs  <study>/tables/{plots,sites}_comparison.csv, <study>/evaluation/{plots,sites}.csv,
         <study>/tables/contrast_<contrast>.csv
         <study>/tables/{numbers,published,published_consistency}.csv
         <study>/specification/<choice>.csv, <study>/tables/specification.csv
         <study>/tables/{recovery,recovery_patterns}.csv,
         <study>/tables/recovery_{factors_<detector>,land_use_<variable>}.csv
         <results>/twin/{study}/{restoration.gpkg,soil_carbon.tif,srdb-data.csv},
         <results>/twin/{study}/truth/{restoration,attribution}.csv, truth/*_slope.tif,
         <study>/tables/recovery_management.csv
         <study>/tables/*.csv
"""


rule compare_plots:
    input:
        plots=field_file("plots"),
        calibration=calibration_if_named,
        code=code_of("evaluation/compare_plots.py"),
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
        plots=lookup(within=STUDIES, dpath="{study}/plots"),
        models=models_of_soil,
        respiration=lookup(within=STUDIES, dpath="{study}/respiration"),
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: models of respiration at field plots."
    script:
        "../scripts/evaluation/compare_plots.py"


rule compare_sites:
    input:
        sites=field_file("sites"),
        nep="<study>/nep/nep.tif",
        code=code_of("evaluation/compare_sites.py"),
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
        entry=sites_entry,
        years=years_of,
    message:
        "{wildcards.study}: NEP at sites."
    script:
        "../scripts/evaluation/compare_sites.py"


rule draw_scatter:
    input:
        pairs=pairs_of_figure,
        grid="<study>/grid.tif",
        code=code_of("figures/draw_scatter.py"),
    output:
        png=report(
            "<study>/figures/{figure}.png",
            caption="../report/field_scatter.rst",
            category="{study}",
            labels={"figure": "{figure}"},
        ),
        pdf="<study>/figures/{figure}.pdf",
    log:
        "<logs>/{study}/draw_scatter/{figure}.log",
    wildcard_constraints:
        figure=figure_names("field_scatter"),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        figure=figure_entry,
    message:
        "{wildcards.study}: modelled against observed {wildcards.figure}."
    script:
        "../scripts/figures/draw_scatter.py"


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


rule vary_choice:
    input:
        unpack(choice_layers),
        code=code_of("evaluation/vary_choice.py"),
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
        options=choice_options,
        study=study_of,
    message:
        "{wildcards.study}: options of {wildcards.choice}."
    script:
        "../scripts/evaluation/vary_choice.py"


rule summarise_specification:
    input:
        choices=choice_tables,
        code=code_of("evaluation/summarise_specification.py"),
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
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: what the other readings give."
    script:
        "../scripts/evaluation/summarise_specification.py"


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
