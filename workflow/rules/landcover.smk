"""MCD12Q1 tiles -> land-cover classes of a year on the study grid.

Inputs   HDF4-EOS tiles of the raw folder
Outputs  <study>/landcover/<year>.tif, and landcover/keys/<key>/<year>.tif by another key
"""


rule warp_landcover:
    input:
        granules=granules_of("MCD12Q1"),
        grid="<study>/grid.tif",
        code=code_of("landcover/warp_landcover.py"),
    output:
        landcover="<study>/landcover/{keyed}{year}.tif",
        granules="<study>/landcover/{keyed}granules_{year}.csv",
    log:
        "<logs>/{study}/warp_landcover/{keyed}{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        tiles=tiles_of("MCD12Q1"),
        classes=classes_by_key,
        resampling=lookup(within=STUDIES, dpath="{study}/landcover/resampling"),
    message:
        "{wildcards.study}: land cover of {wildcards.year} on the study grid."
    script:
        "../scripts/landcover/warp_landcover.py"
