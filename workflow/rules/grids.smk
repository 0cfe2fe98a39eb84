"""Rasters of users -> annual climate of the study grid, its comparison with stations, NPP.

Inputs   rasters of climate.grids and npp.rasters, <study>/{grid,dem}.tif
Outputs  <study>/climate/native/<variable>.tif, <study>/climate/{,grids/}<variable>.tif,
         <study>/climate/<variable>_difference.tif, <study>/tables/<variable>_{grids,comparison}.csv,
         <study>/npp/rasters/*
"""


ruleorder: interpolate_climate > warp_climate


rule import_climate:
    input:
        files=grid_files,
        elevation=grid_elevation,
        grid="<study>/grid.tif",
        code=code_of("climate/import_climate.py"),
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
        entries=grid_entries,
        years=lookup(within=STUDIES, dpath="{study}/years"),
        limits=lookup(within=STUDIES, dpath="{study}/climate/limits"),
        plausible_median=lookup(within=STUDIES, dpath="{study}/climate/plausible_median"),
        downscaling=grid_downscaling,
    message:
        "{wildcards.study}: months of gridded {wildcards.variable}."
    script:
        "../scripts/climate/import_climate.py"


rule warp_climate:
    input:
        months="<study>/climate/native/{variable}.tif",
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("climate/warp_climate.py"),
    output:
        cube="<study>/{climate}/{variable}.tif",
    log:
        "<logs>/{study}/warp_climate/{climate}/{variable}.log",
    wildcard_constraints:
        climate="climate(/grids)?",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=lookup(within=STUDIES, dpath="{study}/years"),
        maximum_missing_percent=lookup(
            within=STUDIES, dpath="{study}/climate/maximum_missing_percent"
        ),
    message:
        "{wildcards.study}: annual {wildcards.variable} of grids on the study grid."
    script:
        "../scripts/climate/warp_climate.py"


rule compare_climate:
    input:
        stations="<study>/climate/{variable}.tif",
        grids="<study>/climate/grids/{variable}.tif",
        code=code_of("climate/compare_climate.py"),
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
    message:
        "{wildcards.study}: {wildcards.variable} of grids and of stations."
    script:
        "../scripts/climate/compare_climate.py"


rule import_npp:
    input:
        raster=npp_raster,
        grid="<study>/grid.tif",
        code=code_of("npp/import_npp.py"),
    output:
        flux=temp("<study>/npp/rasters/native/{year}.tif"),
        absence=temp("<study>/npp/rasters/native/absence_{year}.tif"),
        counts="<study>/npp/rasters/counts_{year}.csv",
        granules="<study>/npp/rasters/granules_{year}.csv",
    log:
        "<logs>/{study}/import_npp/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(20),
    params:
        entry=npp_entry,
    message:
        "{wildcards.study}: NPP of {wildcards.year} from a raster."
    script:
        "../scripts/npp/import_npp.py"


rule warp_npp_raster:
    input:
        flux="<study>/npp/rasters/native/{year}.tif",
        absence="<study>/npp/rasters/native/absence_{year}.tif",
        grid="<study>/grid.tif",
        code=code_of("npp/warp_npp_raster.py"),
    output:
        npp="<study>/npp/rasters/{year}.tif",
        qc="<study>/npp/rasters/qc_{year}.tif",
        absence="<study>/npp/rasters/absence_{year}.tif",
    log:
        "<logs>/{study}/warp_npp_raster/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        resampling=lookup(within=STUDIES, dpath="{study}/npp/resampling"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_npp_raster.py"
