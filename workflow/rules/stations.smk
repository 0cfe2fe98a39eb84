"""Clean station records -> checked records -> records without gaps.

Inputs   <study>/stations/records.parquet, <study>/grid.tif
Outputs  <study>/stations/{checked,filled}.parquet,
         <study>/tables/{station_flags,station_variograms,kriging_errors,station_quality}.csv
"""


rule check_stations:
    input:
        records="<study>/stations/records.parquet",
        grid="<study>/grid.tif",
        code=code_of("check_stations.py"),
    output:
        records="<study>/stations/checked.parquet",
        flagged="<study>/tables/station_flags.csv",
    log:
        "<logs>/{study}/check_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=3000,
        runtime=15,
    params:
        variables=lookup(within=STUDIES, dpath="{study}/climate/variables"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        time_step=lookup(within=STUDIES, dpath="{study}/climate/time_step"),
        settings=lookup(within=STUDIES, dpath="{study}/climate/quality"),
    message:
        "{wildcards.study}: station records checked for jumps, repeats and their neighbours."
    script:
        "../scripts/check_stations.py"


rule fill_stations:
    input:
        records="<study>/stations/checked.parquet",
        grid="<study>/grid.tif",
        code=code_of("fill_stations.py"),
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
        mem_mb=3000,
        runtime=15,
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
        "../scripts/fill_stations.py"
