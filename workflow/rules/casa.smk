"""NDVI tiles and monthly climate -> NPP of a year by light use.

Inputs   HDF4-EOS tiles of the raw folder, <study>/landcover/keys/igbp17/<year>.tif, climate, dem, grid
Outputs  <study>/ndvi/*.tif, <study>/casa/*.tif, <study>/npp/casa/*, <study>/tables/casa*.csv
"""


rule warp_ndvi:
    input:
        granules=ndvi_granules,
        grid="<study>/grid.tif",
        code=code_of("warp_ndvi.py"),
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
        mem_mb=3000,
        runtime=60,
    params:
        months=ndvi_months,
        product=lookup(within=STUDIES, dpath="{study}/ndvi/product"),
        kept=lookup(within=STUDIES, dpath="{study}/ndvi/kept_reliability"),
        resampling=lookup(within=STUDIES, dpath="{study}/ndvi/resampling"),
    message:
        "{wildcards.study}: NDVI of the months of {wildcards.year} on the study grid."
    script:
        "../scripts/warp_ndvi.py"


rule fill_ndvi:
    input:
        observed=in_study("ndvi/observed_{year}.tif"),
        state=in_study("ndvi/state_{year}.tif"),
        code=code_of("fill_ndvi.py"),
    output:
        ndvi="<study>/ndvi/ndvi.tif",
        state="<study>/ndvi/state.tif",
        filled="<study>/ndvi/filled_months.tif",
        share="<study>/ndvi/filled_share.tif",
        normals="<study>/ndvi/normals.tif",
    log:
        "<logs>/{study}/fill_ndvi.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        years=years_of,
        longest_linear=lookup(within=STUDIES, dpath="{study}/ndvi/longest_linear_months"),
    message:
        "{wildcards.study}: months of NDVI that were not observed."
    script:
        "../scripts/fill_ndvi.py"


rule estimate_normals:
    input:
        months=casa_climate,
        evaluations=casa_evaluations,
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("estimate_normals.py"),
    output:
        normals="<study>/casa/normals.tif",
    log:
        "<logs>/{study}/estimate_normals.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        years=years_of,
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: climate of the mean year."
    script:
        "../scripts/estimate_normals.py"


rule estimate_fpar_limits:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        state="<study>/ndvi/state.tif",
        landcover=in_study("landcover/keys/igbp17/{landcover_year}.tif"),
        types=VEGETATION_TYPES,
        code=code_of("estimate_fpar_limits.py"),
    output:
        limits="<study>/tables/casa_limits.csv",
    log:
        "<logs>/{study}/estimate_fpar_limits.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=2000,
        runtime=60,
    params:
        casa=lookup(within=STUDIES, dpath="{study}/casa"),
    message:
        "{wildcards.study}: limits of NDVI by vegetation type."
    script:
        "../scripts/estimate_fpar_limits.py"


rule estimate_npp_casa:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        filled="<study>/ndvi/filled_months.tif",
        ndvi_normals="<study>/ndvi/normals.tif",
        normals="<study>/casa/normals.tif",
        landcover=vegetation_of_year,
        limits="<study>/tables/casa_limits.csv",
        months=casa_climate,
        evaluations=casa_evaluations,
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("estimate_npp_casa.py"),
    output:
        npp="<study>/npp/casa/{year}.tif",
        qc="<study>/npp/casa/qc_{year}.tif",
        absence="<study>/npp/casa/absence_{year}.tif",
        clip="<study>/npp/casa/clip_{year}.tif",
    log:
        "<logs>/{study}/estimate_npp_casa/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        years=years_of,
        casa=lookup(within=STUDIES, dpath="{study}/casa"),
        ndvi=lookup(within=STUDIES, dpath="{study}/ndvi"),
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} by light use."
    script:
        "../scripts/estimate_npp_casa.py"


rule summarise_casa:
    input:
        clip=in_study("npp/casa/clip_{year}.tif"),
        share="<study>/ndvi/filled_share.tif",
        zones="<study>/zones/area.tif",
        code=code_of("summarise_casa.py"),
    output:
        clip="<study>/casa/clip_share.tif",
        table="<study>/tables/casa.csv",
    log:
        "<logs>/{study}/summarise_casa.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        years=years_of,
    message:
        "{wildcards.study}: NDVI at its limits and NDVI filled."
    script:
        "../scripts/summarise_casa.py"


rule compare_npp:
    input:
        unpack(compared_npp),
        code=code_of("compare_npp.py"),
    output:
        own="<study>/npp/compared/own.tif",
        other="<study>/npp/compared/other.tif",
        difference="<study>/npp/compared/difference.tif",
        table="<study>/tables/npp_agreement.csv",
    log:
        "<logs>/{study}/compare_npp.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        years=comparison_years,
        sources=comparison_sources,
    message:
        "{wildcards.study}: NPP of two sources."
    script:
        "../scripts/compare_npp.py"
