"""Area, elevation and settings -> grid and elevation of the study; a list of its inputs.

Inputs   area polygons and elevation raster of the raw folder, lists of granules
Outputs  <study>/{grid,dem}.tif, <study>/zones/{area.tif,outlines.gpkg}, <study>/study.yaml
         <study>/tables/{checked_inputs,inputs,choices,shared_inputs}.csv
"""

from nepflow.study import downloads, files


rule define_grid:
    input:
        area=setting("files/area"),
    output:
        grid="<study>/grid.tif",
        zones="<study>/zones/area.tif",
        outlines="<study>/zones/outlines.gpkg",
    log:
        "<logs>/{study}/define_grid.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(10),
    params:
        layer=setting("area/layer"),
        name_field=setting("area/name_field"),
        overlaps=setting("area/overlaps"),
        area_crs=setting("area/crs"),
        encoding=setting("area/encoding"),
        crs=setting("grid/crs"),
        resolution_m=setting("grid/resolution_m"),
        tiles=of_study(downloads.tiles_read),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: study grid and zones."
    script:
        "../scripts/study/define_grid.py"


rule warp_dem:
    input:
        dem=setting("files/dem"),
        grid="<study>/grid.tif",
    output:
        dem="<study>/dem.tif",
    log:
        "<logs>/{study}/warp_dem.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        max_missing_percent=setting("dem/max_missing_percent"),
        missing=setting("dem/missing"),
        crs=setting("dem/crs"),
    message:
        "{wildcards.study}: elevation on the study grid."
    script:
        "../scripts/study/warp_dem.py"


rule check_inputs:
    input:
        files=of_study(files.content),
    output:
        checked="<study>/tables/checked_inputs.csv",
    log:
        "<logs>/{study}/check_inputs.log",
    priority: 100  # what cannot be used is said before anything is computed
    retries: 0  # a fault of the user's files is said once
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        study=of_study(dict),
    message:
        "{wildcards.study}: what the raw inputs hold."
    script:
        "../scripts/study/check_inputs.py"


rule list_inputs:
    input:
        granules=of_study(downloads.digest_lists),
        files=of_study(files.raw),
    output:
        inputs="<study>/tables/inputs.csv",
    log:
        "<logs>/{study}/list_inputs.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(10),
    params:
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: digests of the raw inputs."
    script:
        "../scripts/study/list_inputs.py"


rule describe_study:
    output:
        study="<study>/study.yaml",
        choices="<study>/tables/choices.csv",
        shared_inputs="<study>/tables/shared_inputs.csv",
    log:
        "<logs>/{study}/describe_study.log",
    localrule: True
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(500),
        runtime=by_size(5),
    params:
        study=of_study(dict),
    message:
        "{wildcards.study}: settings, explicit choices and built-in drivers."
    script:
        "../scripts/study/describe_study.py"
