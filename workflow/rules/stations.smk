"""Station records -> cleaned, checked, gap-filled and aggregated records.

Inputs   station records of the raw folder, <study>/grid.tif, <study>/zones/outlines.gpkg
Outputs  <study>/stations/{records,checked,filled}.parquet, {sites,suspects,monthly,annual}.csv,
         <study>/tables/station_{defects,definitions,flags,dry_days,variograms,quality,completeness}.csv, kriging_errors.csv
"""

from nepflow.study import climate, downloads, files


rule clean_stations:
    input:
        stations=of_study(files.stations),
        area="<study>/zones/outlines.gpkg",
        gathered=of_study(downloads.gathered_definitions),
        grid="<study>/grid.tif",
    output:
        records="<study>/stations/records.parquet",
        sites="<study>/stations/sites.csv",
        defects="<study>/tables/station_defects.csv",
        definitions="<study>/tables/station_definitions.csv",
    log:
        "<logs>/{study}/clean_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        stations_path=setting("files/stations"),
        station_format=setting("climate/station_format"),
        station_table=of_study(files.station_table),
        declared_units=of_study(climate.declared_units),
        variables=setting("climate/variables"),
        years=setting("years"),
        time_step=setting("climate/time_step"),
        buffer_km=setting("area/buffer_km"),
        min_stations=setting("climate/min_stations"),
        plausible_median=setting("climate/plausible_median"),
        limits=setting("climate/limits"),
        elevation_limits_m=setting("climate/elevation_limits_m"),
        position_tolerance=setting("climate/position_tolerance"),
        defects=setting("climate/defects"),
        angstrom=setting("climate/angstrom"),
        missing_values=setting("climate/missing_values"),
        unreported_rain=setting("climate/unreported_rain"),
        exclude=setting("climate/exclude"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: station records without defects."
    script:
        "../scripts/stations/clean_stations.py"


rule check_stations:
    input:
        records="<study>/stations/records.parquet",
        grid="<study>/grid.tif",
    output:
        records="<study>/stations/checked.parquet",
        flagged="<study>/tables/station_flags.csv",
        suspects="<study>/stations/suspects.csv",
        dry_days="<study>/tables/station_dry_days.csv",
    log:
        "<logs>/{study}/check_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(15),
    params:
        variables=setting("climate/variables"),
        years=setting("years"),
        time_step=setting("climate/time_step"),
        quality=setting("climate/quality"),
        monthly_quality=setting("climate/monthly_quality"),
        suspects=setting("climate/suspects"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: station records checked against themselves and their neighbours."
    script:
        "../scripts/stations/check_stations.py"


rule fill_stations:
    input:
        records="<study>/stations/checked.parquet",
        grid="<study>/grid.tif",
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
        variables=setting("climate/variables"),
        years=setting("years"),
        time_step=setting("climate/time_step"),
        gap_filling=setting("climate/gap_filling"),
        kriging=setting("climate/kriging"),
        min_stations=setting("climate/min_stations"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: missing days of the stations reconstructed."
    script:
        "../scripts/stations/fill_stations.py"


rule aggregate_stations:
    input:
        records="<study>/stations/filled.parquet",
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
        variables=setting("climate/variables"),
        years=setting("years"),
        time_step=setting("climate/time_step"),
        complete_month_percent=setting("climate/complete_month_percent"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: monthly and annual values of the stations."
    script:
        "../scripts/stations/aggregate_stations.py"
