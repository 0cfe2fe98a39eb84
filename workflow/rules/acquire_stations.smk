"""Public archives of stations -> station records of a study (site: `acquire: true`).

Inputs   the archives of config/datasets.yaml, <study>/{grid.tif,zones/outlines.gpkg}
Outputs  <study>/acquired/stations.csv, <study>/acquired/{stations,radiation}_files.csv,
         <study>/tables/station_{ranking,found}.csv
"""


rule acquire_stations:
    input:
        area="<study>/zones/outlines.gpkg",
        grid="<study>/grid.tif",
        code=code_of("download/acquire_stations.py"),
    output:
        ranking="<study>/tables/station_ranking.csv",
        files="<study>/acquired/stations_files.csv",
    log:
        "<logs>/{study}/acquire_stations.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(480),
        downloads=1,
    params:
        acquire=lookup(within=STUDIES, dpath="{study}/acquire"),
        folder=lookup(within=STUDIES, dpath="{study}/files/folder"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
        buffer_km=lookup(within=STUDIES, dpath="{study}/area/buffer_km"),
    message:
        "{wildcards.study}: records of the most complete stations."
    script:
        "../scripts/download/acquire_stations.py"


rule acquire_radiation:
    input:
        ranking="<study>/tables/station_ranking.csv",
        code=code_of("download/acquire_radiation.py"),
    output:
        files="<study>/acquired/radiation_files.csv",
    log:
        "<logs>/{study}/acquire_radiation.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(240),
        downloads=1,
    params:
        acquire=lookup(within=STUDIES, dpath="{study}/acquire"),
        folder=lookup(within=STUDIES, dpath="{study}/files/folder"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
    message:
        "{wildcards.study}: daily radiation at the stations."
    script:
        "../scripts/download/acquire_radiation.py"


rule gather_stations:
    input:
        files="<study>/acquired/stations_files.csv",
        radiation=radiation_files,
        code=code_of("download/gather_stations.py"),
    output:
        stations="<study>/acquired/stations.csv",
        found="<study>/tables/station_found.csv",
    log:
        "<logs>/{study}/gather_stations.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(60),
    params:
        acquire=lookup(within=STUDIES, dpath="{study}/acquire"),
        folder=lookup(within=STUDIES, dpath="{study}/files/folder"),
        years=lookup(within=STUDIES, dpath="{study}/years"),
    message:
        "{wildcards.study}: station records in one table."
    script:
        "../scripts/download/gather_stations.py"
