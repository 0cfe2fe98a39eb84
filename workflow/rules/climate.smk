"""Monthly station values, or climate grids -> climate of the study grid.

Inputs   <study>/stations/{monthly,suspects}.csv, or rasters of climate.grids; <study>/{grid,dem}.tif
Outputs  <study>/climate/<variable>{.tif,_fit.npz,_residuals.parquet,_standard_error_<year>.tif},
         climate/{native,grids}/<variable>.tif, <variable>_difference.tif, climate/pet.tif,
         <study>/tables/<variable>_{fit,minima,floored,ranked,suspects,grids,comparison,networks}.csv,
         <study>/tables/station_{suspects,steps}.csv
"""

from nepflow.study import climate, files, layers, variables


rule fit_climate:
    input:
        monthly="<study>/stations/monthly.csv",
        grid="<study>/grid.tif",
        weights=of_study(climate.weights_file),
        dem="<study>/dem.tif",
        steps=of_study(climate.steps_file),
    output:
        fit="<study>/climate/{variable}_fit.npz",
        table="<study>/tables/{variable}_fit.csv",
        minima="<study>/tables/{variable}_minima.csv",
    log:
        "<logs>/{study}/fit_climate/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=setting("years"),
        method=setting("climate/method"),
        policy=setting("climate/homogeneity/policy"),
        normal_years=setting("climate/climatology/min_years"),
        ratio_above=setting("climate/climatology/ratio_above/{variable}"),
        model=setting("climate/model"),
        exaggeration=setting("climate/elevation_exaggeration"),
        order=setting("climate/order"),
        smoothing=setting("climate/smoothing"),
        smoothing_value=setting("climate/smoothing_value/{variable}", default=None),
        smoothing_fallback=setting("climate/smoothing_fallback"),
        common_smoothing=setting("climate/common_smoothing"),
        max_knots=setting("climate/max_knots"),
        weights_column=setting("climate/weights_column"),
        station_table=of_study(files.station_table),
        close_km=setting("climate/close_stations_km"),
        block_km=setting("climate/block_km"),
        length_scale_km=setting("climate/length_scale_km"),
        transformation=setting("climate/transformation/{variable}"),
        min_stations=setting("climate/min_stations"),
        evaluator=setting("climate/evaluator"),
        tolerance=setting("climate/tolerance/{variable}"),
        bias_correction=setting("climate/bias_correction"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: monthly surfaces of {wildcards.variable}."
    script:
        "../scripts/climate/fit_climate.py"


rule find_steps:
    input:
        monthly="<study>/stations/monthly.csv",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/station_steps.csv",
    log:
        "<logs>/{study}/find_steps.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(15),
    params:
        variables=setting("climate/variables"),
        years=setting("years"),
        min_stations=setting("climate/min_stations"),
        normal_years=setting("climate/climatology/min_years"),
        ratio_above=setting("climate/climatology/ratio_above"),
        policy=setting("climate/homogeneity/policy"),
        homogeneity=setting("climate/homogeneity"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: steps of stations against their neighbours."
    script:
        "../scripts/climate/find_steps.py"


rule compare_networks:
    input:
        monthly="<study>/stations/monthly.csv",
        fit="<study>/climate/{variable}_fit.npz",
        grid="<study>/grid.tif",
        dem="<study>/dem.tif",
        weights=of_study(climate.weights_file),
        steps=of_study(climate.steps_file),
    output:
        table="<study>/tables/{variable}_networks.csv",
    log:
        "<logs>/{study}/compare_networks/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=setting("years"),
        method=setting("climate/method"),
        policy=setting("climate/homogeneity/policy"),
        normal_years=setting("climate/climatology/min_years"),
        ratio_above=setting("climate/climatology/ratio_above/{variable}"),
        model=setting("climate/model"),
        exaggeration=setting("climate/elevation_exaggeration"),
        order=setting("climate/order"),
        smoothing=setting("climate/smoothing"),
        smoothing_value=setting("climate/smoothing_value/{variable}", default=None),
        common_smoothing=setting("climate/common_smoothing"),
        weights_column=setting("climate/weights_column"),
        station_table=of_study(files.station_table),
        close_km=setting("climate/close_stations_km"),
        block_km=setting("climate/block_km"),
        length_scale_km=setting("climate/length_scale_km"),
        transformation=setting("climate/transformation/{variable}"),
        min_stations=setting("climate/min_stations"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: trend of {wildcards.variable} of the stations there throughout."
    script:
        "../scripts/climate/compare_networks.py"


rule interpolate_climate:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        cube="<banded>/climate/{variable}.tif",
        table="<banded>/tables/{variable}_floored.csv",
    log:
        "<logs>/{study}{band}/interpolate_climate/{variable}.log",
    wildcard_constraints:
        study=names.any_of(climate.studies_with_stations(STUDIES)),
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        bias_correction=setting("climate/bias_correction"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}{wildcards.band}: annual {wildcards.variable} on the study grid."
    script:
        "../scripts/climate/interpolate_climate.py"


rule summarise_residuals:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        table="<study>/tables/{variable}_fit.csv",
        minima="<study>/tables/{variable}_minima.csv",
    output:
        residuals="<study>/climate/{variable}_residuals.parquet",
        ranked="<study>/tables/{variable}_ranked.csv",
        suspects="<study>/tables/{variable}_suspects.csv",
        log="<study>/tables/{variable}_fit.txt",
    log:
        "<logs>/{study}/summarise_residuals/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(10),
    params:
        smoothing=setting("climate/smoothing"),
        smoothing_fallback=setting("climate/smoothing_fallback"),
        common_smoothing=setting("climate/common_smoothing"),
        suspect_limit=setting("climate/suspect_limit"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: residuals of {wildcards.variable}."
    script:
        "../scripts/climate/summarise_residuals.py"


rule list_suspects:
    input:
        records="<study>/stations/suspects.csv",
        defects="<study>/tables/station_defects.csv",
        ranked=of_study(climate.ranked),
    output:
        table="<study>/tables/station_suspects.csv",
    log:
        "<logs>/{study}/list_suspects.log",
    localrule: True
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(5),
    params:
        variables=setting("climate/variables"),
        suspects=setting("climate/suspects"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: suspect and excluded stations."
    script:
        "../scripts/climate/list_suspects.py"


rule estimate_standard_error:
    input:
        fit="<study>/climate/{variable}_fit.npz",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        standard_error="<banded>/climate/{variable}_standard_error_{year}.tif",
    log:
        "<logs>/{study}{band}/estimate_standard_error/{variable}_{year}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        kind=setting("climate/standard_error"),
        evaluator=setting("climate/evaluator"),
    message:
        "{wildcards.study}{wildcards.band}: standard error of {wildcards.variable} in {wildcards.year}."
    script:
        "../scripts/climate/estimate_standard_error.py"


rule import_climate:
    input:
        files=of_study(climate.grid_files, "variable"),
        elevation=of_study(climate.grid_elevation, "variable"),
        grid="<study>/grid.tif",
    output:
        months="<study>/climate/native/{variable}.tif",
        table="<study>/tables/{variable}_grids.csv",
    log:
        "<logs>/{study}/import_climate/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        entries=of_study(climate.grid_entries, "variable"),
        years=setting("years"),
        limits=setting("climate/limits"),
        plausible_median=setting("climate/plausible_median"),
        complete_month_percent=setting("climate/complete_month_percent"),
        downscaling=of_study(climate.downscaling),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: months of gridded {wildcards.variable}."
    script:
        "../scripts/climate/import_climate.py"


rule warp_climate:
    input:
        months="<study>/climate/native/{variable}.tif",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        cube="<study>/{climate}/{variable}.tif",
    log:
        "<logs>/{study}/warp_climate/{climate}/{variable}.log",
    wildcard_constraints:
        climate=climate.folders_of_grids(STUDIES),
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        max_missing_percent=setting("climate/max_missing_percent"),
    message:
        "{wildcards.study}: annual {wildcards.variable} of grids on the study grid."
    script:
        "../scripts/climate/warp_climate.py"


rule compare_climate:
    input:
        stations="<study>/climate/{variable}.tif",
        grids="<study>/climate/grids/{variable}.tif",
    output:
        difference="<study>/climate/{variable}_difference.tif",
        table="<study>/tables/{variable}_comparison.csv",
    log:
        "<logs>/{study}/compare_climate/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: {wildcards.variable} of grids and of stations."
    script:
        "../scripts/climate/compare_climate.py"


rule estimate_pet:
    input:
        months=of_study(climate.pet_months),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        pet="<banded>/climate/pet.tif",
    log:
        "<logs>/{study}{band}/estimate_pet.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        years=setting("years"),
        bias_correction=setting("climate/bias_correction"),
        method=of_study(variables.pet_method),
        dew_point_depression_k=setting("climate/evapotranspiration/dew_point_depression_k"),
    message:
        "{wildcards.study}{wildcards.band}: potential evapotranspiration of the mean year."
    script:
        "../scripts/climate/estimate_pet.py"
