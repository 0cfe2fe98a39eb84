"""NDVI tiles -> months of NDVI on the study grid, gaps filled by rule.

Inputs   HDF4-EOS tiles of the raw folder, <study>/grid.tif
Outputs  <study>/ndvi/*.tif, <study>/npp/casa/{counts,granules}_<year>.csv
"""


rule warp_ndvi:
    input:
        granules=ndvi_granules,
        grid="<study>/grid.tif",
        code=code_of("npp/warp_ndvi.py"),
    output:
        ndvi="<study>/ndvi/observed_{year}.tif",
        state="<study>/ndvi/state_{year}.tif",
        counts="<study>/npp/casa/counts_{year}.csv",
        granules="<study>/npp/casa/granules_{year}.csv",
    log:
        "<logs>/{study}/warp_ndvi/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        months=ndvi_months,
        product=lookup(within=STUDIES, dpath="{study}/ndvi/product"),
        kept=lookup(within=STUDIES, dpath="{study}/ndvi/kept_reliability"),
        resampling=lookup(within=STUDIES, dpath="{study}/ndvi/resampling"),
    message:
        "{wildcards.study}: NDVI of the months of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_ndvi.py"


rule fill_ndvi:
    input:
        observed=in_study("ndvi/observed_{year}.tif"),
        state=in_study("ndvi/state_{year}.tif"),
        code=code_of("npp/fill_ndvi.py"),
    output:
        ndvi="<study>/ndvi/ndvi.tif",
        state="<study>/ndvi/state.tif",
        filled="<study>/ndvi/filled_months.tif",
        share="<study>/ndvi/filled_share.tif",
        normals="<study>/ndvi/normals.tif",
        mean="<study>/ndvi/mean.tif",
    log:
        "<logs>/{study}/fill_ndvi.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        years=years_of,
        longest_linear=lookup(within=STUDIES, dpath="{study}/ndvi/longest_linear_months"),
    message:
        "{wildcards.study}: months of NDVI that were not observed."
    script:
        "../scripts/npp/fill_ndvi.py"
