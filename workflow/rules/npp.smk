"""MOD17A3HGF tiles -> NPP of a year on the study grid, beside that of another source.

Inputs   HDF4-EOS tiles of the raw folder, <study>/npp/<source>/<year>.tif
Outputs  <study>/npp/<collection>/{year,qc_year,absence_year}.tif, counts_year.csv,
         <study>/npp/compared/*.tif, <study>/tables/npp_agreement.csv
"""


rule warp_npp:
    input:
        granules=granules_of("MOD17A3HGF"),
        grid="<study>/grid.tif",
        code=code_of("npp/warp_npp.py"),
    output:
        npp="<study>/npp/{collection}/{year}.tif",
        qc="<study>/npp/{collection}/qc_{year}.tif",
        absence="<study>/npp/{collection}/absence_{year}.tif",
        counts="<study>/npp/{collection}/counts_{year}.csv",
        granules="<study>/npp/{collection}/granules_{year}.csv",
    log:
        "<logs>/{study}/warp_npp/{collection}_{year}.log",
    wildcard_constraints:
        collection=r"\d{3}",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        tiles=tiles_of("MOD17A3HGF"),
        resampling=lookup(within=STUDIES, dpath="{study}/npp/resampling"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} on the study grid."
    script:
        "../scripts/npp/warp_npp.py"


rule harmonise_npp:
    input:
        npp="<study>/npp/006/{year}.tif",
        qc="<study>/npp/006/qc_{year}.tif",
        absence="<study>/npp/006/absence_{year}.tif",
        overlap_006=overlap_of("006"),
        overlap_061=overlap_of("061"),
        code=code_of("npp/harmonise_npp.py"),
    output:
        npp="<study>/npp/harmonised/{year}.tif",
        qc="<study>/npp/harmonised/qc_{year}.tif",
        absence="<study>/npp/harmonised/absence_{year}.tif",
    log:
        "<logs>/{study}/harmonise_npp/{year}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(20),
    params:
        minimum_years=lookup(within=STUDIES, dpath="{study}/npp/minimum_overlap_years"),
    message:
        "{wildcards.study}: NPP of {wildcards.year} from collection 006 to the level of 061."
    script:
        "../scripts/npp/harmonise_npp.py"


rule compare_npp:
    input:
        unpack(compared_npp),
        code=code_of("npp/compare_npp.py"),
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
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        years=comparison_years,
        sources=comparison_sources,
    message:
        "{wildcards.study}: NPP of two sources."
    script:
        "../scripts/npp/compare_npp.py"
