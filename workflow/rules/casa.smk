"""Months of NDVI and of climate -> NPP of a year by light use.

Inputs   <study>/ndvi/*.tif, <study>/landcover/keys/igbp17/<year>.tif, climate, dem, grid
Outputs  <study>/casa/*.tif, <study>/npp/casa{limits}/*.tif, <study>/tables/casa*.csv; ``limits``
         is empty, or names limits of NDVI that the study did not choose
"""


wildcard_constraints:
    limits=r"(_own|_own_upper|_zhu2007)?",


rule estimate_normals:
    input:
        months=months_of("temperature", "precipitation"),
        evaluations=evaluations_of("temperature", "precipitation"),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("npp/estimate_normals.py"),
    output:
        normals="<study>/casa/normals.tif",
    log:
        "<logs>/{study}/estimate_normals.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=years_of,
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: climate of the mean year."
    script:
        "../scripts/npp/estimate_normals.py"


rule estimate_fpar_limits:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        state="<study>/ndvi/state.tif",
        landcover=in_study("landcover/keys/igbp17/{landcover_year}.tif"),
        types=VEGETATION_TYPES,
        code=code_of("npp/estimate_fpar_limits.py"),
    output:
        limits="<study>/tables/casa_limits{limits}.csv",
    log:
        "<logs>/{study}/estimate_fpar_limits{limits}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        casa=casa_with_limits,
    message:
        "{wildcards.study}: limits of NDVI by vegetation type."
    script:
        "../scripts/npp/estimate_fpar_limits.py"


rule estimate_npp_casa:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        filled="<study>/ndvi/filled_months.tif",
        ndvi_normals="<study>/ndvi/normals.tif",
        normals="<study>/casa/normals.tif",
        landcover=vegetation_of_year,
        limits="<study>/tables/casa_limits{limits}.csv",
        months=months_of("temperature", "precipitation", "radiation"),
        evaluations=evaluations_of("temperature", "precipitation", "radiation"),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("npp/estimate_npp_casa.py"),
    output:
        npp="<study>/npp/casa{limits}/{year}.tif",
        qc="<study>/npp/casa{limits}/qc_{year}.tif",
        absence="<study>/npp/casa{limits}/absence_{year}.tif",
        clip="<study>/npp/casa{limits}/clip_{year}.tif",
    log:
        "<logs>/{study}/estimate_npp_casa/{year}{limits}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        years=years_of,
        casa=lookup(within=STUDIES, dpath="{study}/casa"),
        ndvi=lookup(within=STUDIES, dpath="{study}/ndvi"),
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} by light use{wildcards.limits}."
    script:
        "../scripts/npp/estimate_npp_casa.py"


rule summarise_casa:
    input:
        clip=in_study("npp/casa/clip_{year}.tif"),
        share="<study>/ndvi/filled_share.tif",
        zones="<study>/zones/area.tif",
        code=code_of("npp/summarise_casa.py"),
    output:
        clip="<study>/casa/clip_share.tif",
        table="<study>/tables/casa.csv",
    log:
        "<logs>/{study}/summarise_casa.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=years_of,
    message:
        "{wildcards.study}: NDVI at its limits and NDVI filled."
    script:
        "../scripts/npp/summarise_casa.py"
