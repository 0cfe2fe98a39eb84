"""Station records -> cleaned, checked, gap-filled and aggregated records.

Inputs   station records of the raw folder, <study>/grid.tif, <study>/zones/outlines.gpkg
Outputs  <study>/stations/{records,checked,filled}.parquet, {sites,monthly,annual}.csv,
         <study>/tables/station_{defects,flags,variograms,quality,completeness}.csv, kriging_errors.csv
"""


rule clean_stations:
    input:
        stations=station_files,
        area="<study>/zones/outlines.gpkg",
        grid="<study>/grid.tif",
        code=code_of("stations/clean_stations.py"),
    output:
        records="<study>/stations/records.parquet",
        sites="<study>/stations/sites.csv",
        defects="<study>/tables/station_defects.csv",
    log:
        "<logs>/{study}/clean_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        stations_path=lookup(within=STUDIES, dpath="{study}/files/stations"),
        station_format=lookup(within=STUDIES, dpath="{study}/climate/station_format"),
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        time_step=lookup(within=STUDIES, dpath="{study}/climate/time_step"),
        buffer_km=lookup(within=STUDIES, dpath="{study}/area/buffer_km"),
        minimum_stations=lookup(within=STUDIES, dpath="{study}/climate/minimum_stations"),
        plausible_median=lookup(within=STUDIES, dpath="{study}/climate/plausible_median"),
        limits=lookup(within=STUDIES, dpath="{study}/climate/limits"),
        elevation_limits_m=lookup(within=STUDIES, dpath="{study}/climate/elevation_limits_m"),
        position_tolerance=lookup(within=STUDIES, dpath="{study}/climate/position_tolerance"),
        defects=lookup(within=STUDIES, dpath="{study}/climate/defects"),
        angstrom=lookup(within=STUDIES, dpath="{study}/climate/angstrom"),
        missing_values=lookup(within=STUDIES, dpath="{study}/climate/missing_values"),
    message:
        "{wildcards.study}: station records without defects."
    script:
        "../scripts/stations/clean_stations.py"


rule check_stations:
    input:
        records="<study>/stations/records.parquet",
        grid="<study>/grid.tif",
        code=code_of("stations/check_stations.py"),
    output:
        records="<study>/stations/checked.parquet",
        flagged="<study>/tables/station_flags.csv",
    log:
        "<logs>/{study}/check_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        time_step=lookup(within=STUDIES, dpath="{study}/climate/time_step"),
        settings=lookup(within=STUDIES, dpath="{study}/climate/quality"),
    message:
        "{wildcards.study}: station records checked for jumps, repeats and their neighbours."
    script:
        "../scripts/stations/check_stations.py"


rule fill_stations:
    input:
        records="<study>/stations/checked.parquet",
        grid="<study>/grid.tif",
        code=code_of("stations/fill_stations.py"),
    output:
        records="<study>/stations/filled.parquet",
        variograms="<study>/tables/station_variograms.csv",
        errors="<study>/tables/kriging_errors.csv",
        quality="<study>/tables/station_quality.csv",
    log:
        "<logs>/{study}/fill_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        time_step=lookup(within=STUDIES, dpath="{study}/climate/time_step"),
        fill=lookup(within=STUDIES, dpath="{study}/climate/fill"),
        kriging=lookup(within=STUDIES, dpath="{study}/climate/kriging"),
        minimum_stations=lookup(within=STUDIES, dpath="{study}/climate/minimum_stations"),
    message:
        "{wildcards.study}: missing days of the stations reconstructed."
    script:
        "../scripts/stations/fill_stations.py"


rule aggregate_stations:
    input:
        records="<study>/stations/filled.parquet",
        grid="<study>/grid.tif",
        code=code_of("stations/aggregate_stations.py"),
    output:
        monthly="<study>/stations/monthly.csv",
        annual="<study>/stations/annual.csv",
        completeness="<study>/tables/station_completeness.csv",
    log:
        "<logs>/{study}/aggregate_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        time_step=lookup(within=STUDIES, dpath="{study}/climate/time_step"),
        complete_month_percent=lookup(
            within=STUDIES, dpath="{study}/climate/complete_month_percent"
        ),
    message:
        "{wildcards.study}: monthly and annual values of the stations."
    script:
        "../scripts/stations/aggregate_stations.py"
