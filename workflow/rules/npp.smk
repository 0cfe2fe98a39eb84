"""MOD17 tiles, rasters of the user, or NDVI and climate -> NPP of each year.

Inputs   HDF4-EOS tiles of the raw folder, or rasters of npp.rasters; for CASA <study>/climate/* and
         landcover/keys/igbp17/landcover_<year>.tif
Outputs  <study>/npp/<source>/{npp,qc,missing_reason}_<year>.tif and their counts and granules, ndvi/*.tif,
         casa/*.tif, npp/compared/*.tif, pixel/npp_missing_reason.tif,
         <study>/tables/{missing_reasons,missing_reasons_native,npp_agreement,casa*}.csv

``limits`` in a name is empty, or names limits of NDVI that the study did not choose.
"""

from nepflow.study import downloads, files, layers, modis, npp, variables


wildcard_constraints:
    limits=r"(_own|_own_upper|_zhu2007)?",


rule warp_npp:
    input:
        granules=of_study(downloads.granules, "year", "collection", product="MOD17A3HGF"),
        grid="<study>/grid.tif",
    output:
        npp="<banded>/npp/{collection}/npp_{year}.tif",
        qc="<banded>/npp/{collection}/qc_{year}.tif",
        missing_reason="<banded>/npp/{collection}/missing_reason_{year}.tif",
        counts="<banded>/npp/{collection}/counts_{year}.csv",
        granules="<banded>/npp/{collection}/granules_{year}.csv",
    log:
        "<logs>/{study}{band}/warp_npp/{collection}_{year}.log",
    wildcard_constraints:
        collection=r"\d{3}",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        tiles=when_listed(downloads.files_of_tiles, "year", "collection", product="MOD17A3HGF"),
        resampling=of_study(modis.resampling_of, product="MOD17A3HGF"),
    message:
        "{wildcards.study}{wildcards.band}: NPP of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_npp.py"


rule harmonise_npp:
    input:
        npp="<study>/npp/006/npp_{year}.tif",
        qc="<study>/npp/006/qc_{year}.tif",
        missing_reason="<study>/npp/006/missing_reason_{year}.tif",
        overlap_006=of_study(npp.overlap, collection="006"),
        overlap_061=of_study(npp.overlap, collection="061"),
    output:
        npp="<banded>/npp/harmonised/npp_{year}.tif",
        qc="<banded>/npp/harmonised/qc_{year}.tif",
        missing_reason="<banded>/npp/harmonised/missing_reason_{year}.tif",
    log:
        "<logs>/{study}{band}/harmonise_npp/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        min_years=setting("npp/min_overlap_years"),
    message:
        "{wildcards.study}{wildcards.band}: NPP of {wildcards.year} from collection 006 to the level of 061."
    script:
        "../scripts/npp/harmonise_npp.py"


rule import_npp:
    input:
        raster=of_study(files.npp_raster, "year"),
        grid="<study>/grid.tif",
    output:
        flux=temp("<study>/npp/rasters/native/{year}.tif"),
        missing_reason=temp("<study>/npp/rasters/native/missing_reason_{year}.tif"),
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
        entry=of_study(files.npp_entry, "year"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} from a raster."
    script:
        "../scripts/npp/import_npp.py"


rule warp_npp_raster:
    input:
        flux="<study>/npp/rasters/native/{year}.tif",
        missing_reason="<study>/npp/rasters/native/missing_reason_{year}.tif",
        grid="<study>/grid.tif",
    output:
        npp="<banded>/npp/rasters/npp_{year}.tif",
        qc="<banded>/npp/rasters/qc_{year}.tif",
        missing_reason="<banded>/npp/rasters/missing_reason_{year}.tif",
    log:
        "<logs>/{study}{band}/warp_npp_raster/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        resampling=setting("npp/resampling"),
    message:
        "{wildcards.study}{wildcards.band}: NPP of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_npp_raster.py"


rule compare_npp:
    input:
        unpack(of_study(npp.comparison)),
    output:
        own="<study>/npp/compared/npp_own.tif",
        other="<study>/npp/compared/npp_other.tif",
        difference="<study>/npp/compared/npp_difference.tif",
        table="<study>/tables/npp_agreement.csv",
    log:
        "<logs>/{study}/compare_npp.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=of_study(npp.comparison_years),
        sources=of_study(npp.comparison_sources),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NPP of two sources."
    script:
        "../scripts/npp/compare_npp.py"


rule warp_ndvi:
    input:
        granules=of_study(downloads.ndvi_granules, "year"),
        grid="<study>/grid.tif",
    output:
        ndvi="<banded>/ndvi/observed_{year}.tif",
        state="<banded>/ndvi/state_{year}.tif",
        counts="<banded>/npp/casa/counts_{year}.csv",
        granules="<banded>/npp/casa/granules_{year}.csv",
    log:
        "<logs>/{study}{band}/warp_ndvi/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        months=when_listed(downloads.ndvi_months, "year"),
        product=setting("ndvi/product"),
        kept=setting("ndvi/valid_reliability"),
        resampling=of_study(modis.resampling_of_ndvi),
    message:
        "{wildcards.study}{wildcards.band}: NDVI of the months of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_ndvi.py"


rule fill_ndvi:
    input:
        observed=of_study(layers.yearly, pattern="ndvi/observed_{year}.tif"),
        state=of_study(layers.yearly, pattern="ndvi/state_{year}.tif"),
    output:
        ndvi="<banded>/ndvi/ndvi.tif",
        state="<banded>/ndvi/ndvi_state.tif",
        filled="<banded>/ndvi/filled_months.tif",
        share="<banded>/ndvi/filled_share.tif",
        normals="<banded>/ndvi/ndvi_normals.tif",
        mean="<banded>/ndvi/ndvi_mean.tif",
    log:
        "<logs>/{study}{band}/fill_ndvi.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        longest_linear=setting("ndvi/max_interpolated_months"),
    message:
        "{wildcards.study}{wildcards.band}: months of NDVI that were not observed."
    script:
        "../scripts/npp/fill_ndvi.py"


rule estimate_normals:
    input:
        months=of_study(layers.months, variables=["temperature", "precipitation"]),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        normals="<banded>/casa/normals.tif",
    log:
        "<logs>/{study}{band}/estimate_normals.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        bias_correction=setting("climate/bias_correction"),
    message:
        "{wildcards.study}{wildcards.band}: climate of the mean year."
    script:
        "../scripts/npp/estimate_normals.py"


rule estimate_fpar_limits:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        state="<study>/ndvi/ndvi_state.tif",
        landcover=of_study(
            layers.yearly, pattern="landcover/keys/igbp17/landcover_{landcover_year}.tif"
        ),
        types=os.path.relpath(TOP / "config/vegetation_types.csv"),
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
        casa=of_study(npp.casa_settings, "limits"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: limits of NDVI by vegetation type."
    script:
        "../scripts/npp/estimate_fpar_limits.py"


rule estimate_npp_casa:
    input:
        ndvi="<study>/ndvi/ndvi.tif",
        filled="<study>/ndvi/filled_months.tif",
        ndvi_normals="<study>/ndvi/ndvi_normals.tif",
        normals="<study>/casa/normals.tif",
        landcover=of_study(npp.vegetation, "year"),
        limits="<study>/tables/casa_limits{limits}.csv",
        months=of_study(layers.months, variables=variables.entering("casa")),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        npp="<banded>/npp/casa{limits}/npp_{year}.tif",
        qc="<banded>/npp/casa{limits}/qc_{year}.tif",
        missing_reason="<banded>/npp/casa{limits}/missing_reason_{year}.tif",
        clip="<banded>/npp/casa{limits}/clip_{year}.tif",
    log:
        "<logs>/{study}{band}/estimate_npp_casa/{year}{limits}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        casa=setting("casa"),
        ndvi=setting("ndvi"),
        bias_correction=setting("climate/bias_correction"),
    message:
        "{wildcards.study}{wildcards.band}: NPP of {wildcards.year} by light use{wildcards.limits}."
    script:
        "../scripts/npp/estimate_npp_casa.py"


rule summarise_casa:
    input:
        clip=of_study(layers.yearly, pattern="npp/casa/clip_{year}.tif"),
        share="<study>/ndvi/filled_share.tif",
        zones="<study>/zones/area.tif",
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
        years=setting("years"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NDVI at its limits and NDVI filled."
    script:
        "../scripts/npp/summarise_casa.py"


rule estimate_missing_reason:
    input:
        missing_reason=of_study(layers.yearly, pattern="npp/{npp}/missing_reason_{year}.tif"),
    output:
        missing_reason="<banded>/pixel/npp_missing_reason.tif",
    log:
        "<logs>/{study}{band}/estimate_missing_reason.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    message:
        "{wildcards.study}{wildcards.band}: commonest reason for missing data."
    script:
        "../scripts/npp/estimate_missing_reason.py"


rule summarise_missing_reasons:
    input:
        missing_reason=of_study(layers.yearly, pattern="npp/{npp}/missing_reason_{year}.tif"),
        counts=of_study(layers.yearly, pattern="npp/{collection}/counts_{year}.csv"),
        grid="<study>/grid.tif",
    output:
        missing_reason="<study>/tables/missing_reasons.csv",
        native="<study>/tables/missing_reasons_native.csv",
    log:
        "<logs>/{study}/summarise_missing_reasons.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=setting("years"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: area without NPP by reason."
    script:
        "../scripts/npp/summarise_missing_reasons.py"
