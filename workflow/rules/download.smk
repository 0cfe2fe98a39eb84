"""Public archives -> raw files, each beside its record; nothing there is overwritten.

Inputs   the archives of config/datasets.yaml, <study>/{zones/outlines.gpkg,grid.tif}
Outputs  <study>/acquired/: area.gpkg, {dem,soil_carbon,population}.tif, stations.csv, and the lists of
         what was brought; <study>/tables/station_{ranking,found}.csv
"""

from nepflow.study import downloads


rule acquire_tiles:
    input:
        lock=of_study(downloads.lock_if_there),
    output:
        granules="<study>/acquired/{product}.{collection}_{year}.csv",
    log:
        "<logs>/{study}/acquire_tiles/{product}.{collection}_{year}.log",
    wildcard_constraints:
        product="MOD17A3HGF|MCD12Q1|MOD13A3|MOD13A2|MOD13Q1",
        collection=r"\d{3}",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(240),
        downloads=1,
    params:
        tiles=setting("tiles"),
        folder=setting("files/tiles"),
        lock=of_study(downloads.lock),
        unknown_checksum=setting("acquire/unknown_checksum"),
    message:
        "{wildcards.study}: {wildcards.product} tiles of {wildcards.year} from Earthdata."
    script:
        "../scripts/download/acquire_tiles.py"


rule acquire_area:
    output:
        area="<study>/acquired/area.gpkg",
        files="<study>/acquired/area_files.csv",
    log:
        "<logs>/{study}/acquire_area.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
        downloads=1,
    params:
        acquire=setting("acquire"),
        folder=setting("files/folder"),
    message:
        "{wildcards.study}: boundaries of the area."
    script:
        "../scripts/download/acquire_area.py"


rule acquire_dem:
    input:
        area="<study>/zones/outlines.gpkg",
    output:
        dem="<study>/acquired/dem.tif",
        files="<study>/acquired/dem_files.csv",
    log:
        "<logs>/{study}/acquire_dem.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(480),
        downloads=1,
    params:
        acquire=setting("acquire"),
        folder=setting("files/folder"),
    message:
        "{wildcards.study}: tiles of elevation."
    script:
        "../scripts/download/acquire_dem.py"


rule acquire_raster:
    input:
        grid="<study>/grid.tif",
    output:
        raster="<study>/acquired/{raster}.tif",
        files="<study>/acquired/{raster}_files.csv",
    log:
        "<logs>/{study}/acquire_raster/{raster}.log",
    wildcard_constraints:
        raster="soil_carbon|population",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(120),
        downloads=1,
    params:
        dataset=setting("acquire/{raster}"),
        about=of_study(downloads.raster, "raster"),
        folder=setting("files/folder"),
    message:
        "{wildcards.study}: map of {wildcards.raster}."
    script:
        "../scripts/download/acquire_raster.py"


rule acquire_stations:
    input:
        area="<study>/zones/outlines.gpkg",
        grid="<study>/grid.tif",
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
        acquire=setting("acquire"),
        folder=setting("files/folder"),
        years=setting("years"),
        buffer_km=setting("area/buffer_km"),
    message:
        "{wildcards.study}: records of the most complete stations."
    script:
        "../scripts/download/acquire_stations.py"


rule acquire_radiation:
    input:
        ranking="<study>/tables/station_ranking.csv",
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
        acquire=setting("acquire"),
        folder=setting("files/folder"),
        years=setting("years"),
    message:
        "{wildcards.study}: daily radiation at the stations."
    script:
        "../scripts/download/acquire_radiation.py"


rule gather_stations:
    input:
        files="<study>/acquired/stations_files.csv",
        radiation=of_study(downloads.radiation_list),
    output:
        stations="<study>/acquired/stations.csv",
        found="<study>/tables/station_found.csv",
        definitions="<study>/acquired/station_definitions.csv",
    log:
        "<logs>/{study}/gather_stations.log",
    conda:
        "../../envs/acquire.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(60),
    params:
        acquire=setting("acquire"),
        folder=setting("files/folder"),
        years=setting("years"),
        unreported_rain=setting("climate/unreported_rain"),
    message:
        "{wildcards.study}: station records in one table."
    script:
        "../scripts/download/gather_stations.py"
