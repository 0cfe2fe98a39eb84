"""Real geography and a seed -> a simulated archive with known truth below <results>/simulated/.

Inputs   resources/<region>/*, <study>/grid.tif (the truth only)
Outputs  <results>/simulated/<study>/: granules/*.csv with tiles beside in modis/, stations.csv, dem.tif,
         {area,karst,restoration}.gpkg, {population,soil_carbon}.tif, srdb-data.csv, truth/*

Nothing here writes outside <results>/simulated/, and everything written says "simulated".
"""

LANDCOVER_YEARS = list(range(2001, 2023))  # of MCD12Q1

GEOGRAPHY = collect(
    "{folder}/{region}/{file}",
    folder=os.path.relpath(SCRIPTS.parent.parent / "resources"),
    region=setting("simulation/region"),
    file=["region.json", "provinces.geojson"]
    + [f"{name}.tif" for name in ("elevation", "landcover", "temperature", "precipitation")],
)


rule simulate_geography:
    input:
        geography=GEOGRAPHY,
    output:
        dem="<results>/simulated/{study}/dem.tif",
        area="<results>/simulated/{study}/area.gpkg",
    log:
        "<logs>/{study}/simulate_geography.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(5),
    message:
        "{wildcards.study}: elevation and outlines of the simulation."
    script:
        "../scripts/simulation/simulate_geography.py"


rule simulate_tiles:
    input:
        geography=GEOGRAPHY,
    output:
        granules="<results>/simulated/{study}/granules/{product}.{collection}_{year}.csv",
    log:
        "<logs>/{study}/simulate_tiles/{product}.{collection}_{year}.log",
    wildcard_constraints:
        product="MOD17A3HGF|MOD13A3",
        collection=r"\d{3}",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        pixels_per_tile=setting("simulation/pixels_per_tile"),
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: simulated tiles {wildcards.product} of {wildcards.year}, "
        "collection {wildcards.collection}."
    script:
        "../scripts/simulation/simulate_tiles.py"


rule simulate_landcover:
    input:
        geography=GEOGRAPHY,
    output:
        granules=collect(
            "<results>/simulated/{study}/granules/MCD12Q1.061_{year}.csv",
            year=LANDCOVER_YEARS,
            allow_missing=True,
        ),
    log:
        "<logs>/{study}/simulate_landcover.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(60),
    params:
        pixels_per_tile=setting("simulation/pixels_per_tile"),
        seed=setting("simulation/seed"),
        years=LANDCOVER_YEARS,
    message:
        "{wildcards.study}: simulated land cover tiles."
    script:
        "../scripts/simulation/simulate_landcover.py"


rule simulate_stations:
    input:
        geography=GEOGRAPHY,
    output:
        stations="<results>/simulated/{study}/stations.csv",
        defects="<results>/simulated/{study}/truth/station_defects.csv",
        truth="<results>/simulated/{study}/truth/stations.csv",
    log:
        "<logs>/{study}/simulate_stations.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(10),
    params:
        period=setting("period"),
        stations=setting("simulation/stations"),
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: simulated records of weather stations."
    script:
        "../scripts/simulation/simulate_stations.py"


rule simulate_factors:
    input:
        geography=GEOGRAPHY,
    output:
        karst="<results>/simulated/{study}/karst.gpkg",
        population="<results>/simulated/{study}/population.tif",
    log:
        "<logs>/{study}/simulate_factors.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: simulated karst and population."
    script:
        "../scripts/simulation/simulate_factors.py"


rule simulate_management:
    input:
        geography=GEOGRAPHY,
    output:
        projects="<results>/simulated/{study}/restoration.gpkg",
        carbon="<results>/simulated/{study}/soil_carbon.tif",
        plots="<results>/simulated/{study}/srdb-data.csv",
        truth="<results>/simulated/{study}/truth/restoration.csv",
    log:
        "<logs>/{study}/simulate_management.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        period=setting("period"),
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: simulated restoration, soil carbon and field plots."
    script:
        "../scripts/simulation/simulate_management.py"


rule simulate_truth:
    input:
        geography=GEOGRAPHY,
        grid="<study>/grid.tif",
    output:
        temperature="<results>/simulated/{study}/truth/temperature.tif",
        precipitation="<results>/simulated/{study}/truth/precipitation.tif",
        radiation="<results>/simulated/{study}/truth/radiation.tif",
        npp="<results>/simulated/{study}/truth/npp.tif",
        rh="<results>/simulated/{study}/truth/rh.tif",
        nep="<results>/simulated/{study}/truth/nep.tif",
        landcover="<results>/simulated/{study}/truth/landcover.tif",
        effect="<results>/simulated/{study}/truth/landcover_effect.tif",
        nep_trend="<results>/simulated/{study}/truth/nep_trend.tif",
        ratio="<results>/simulated/{study}/truth/collection_006_ratio.tif",
    log:
        "<logs>/{study}/simulate_truth.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        period=setting("period"),
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: the truth of the simulation on the study's grid."
    script:
        "../scripts/simulation/simulate_truth.py"


rule simulate_parts:
    input:
        geography=GEOGRAPHY,
        grid="<study>/grid.tif",
    output:
        npp_climate="<results>/simulated/{study}/truth/npp_climate_slope.tif",
        npp_human="<results>/simulated/{study}/truth/npp_human_slope.tif",
        nep_climate="<results>/simulated/{study}/truth/nep_climate_slope.tif",
        nep_human="<results>/simulated/{study}/truth/nep_human_slope.tif",
        table="<results>/simulated/{study}/truth/attribution.csv",
    log:
        "<logs>/{study}/simulate_parts.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(60),
    params:
        period=setting("period"),
        seed=setting("simulation/seed"),
    message:
        "{wildcards.study}: what climate and people truly add to trends."
    script:
        "../scripts/simulation/simulate_parts.py"
