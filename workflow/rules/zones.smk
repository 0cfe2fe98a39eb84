"""Polygons, classes and layers -> zones, and sums and shares over them.

Inputs   layers of the study, polygons of the raw folder
Outputs  <study>/zones/<zones>.tif, zones/sums.parquet,
         zones/weights_<zones>.parquet, zones/{series,trends}_<zones>.csv (what the page shows),
         <study>/tables/{shares_<classes>,series_<zones>,trends_<zones>,contrast_<contrast>}.csv
"""

from nepflow.study import layers, zones


rule define_zones:
    input:
        layers=of_study(zones.sources, "zones"),
        grid="<study>/grid.tif",
    output:
        zones="<study>/zones/{zones}.tif",
    log:
        "<logs>/{study}/define_zones/{zones}.log",
    wildcard_constraints:
        zones=zones.pattern(STUDIES),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        zones=of_study(zones.entry, "zones"),
    message:
        "{wildcards.study}: zones {wildcards.zones}."
    script:
        "../scripts/zones/define_zones.py"


rule weigh_zones:
    input:
        polygons=of_study(zones.polygons, "zones"),
        zones=of_study(zones.raster, "zones"),
        grid="<study>/grid.tif",
    output:
        weights="<study>/zones/weights_{zones}.parquet",
    log:
        "<logs>/{study}/weigh_zones/{zones}.log",
    wildcard_constraints:
        zones=zones.weights_pattern(STUDIES),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        entry=of_study(zones.polygons_entry, "zones"),
        whole=of_study(zones.is_area, "zones"),
    message:
        "{wildcards.study}: what cells count for {wildcards.zones}."
    script:
        "../scripts/zones/weigh_zones.py"


rule sum_zones:
    input:
        nep="<study>/nep/nep.tif",
        npp="<study>/nep/npp.tif",
        rh="<study>/nep/rh.tif",
        climate=of_study(layers.drivers),
        zones=of_study(zones.rasters),
        weights=of_study(zones.weights),
        grid="<study>/grid.tif",
    output:
        sums="<study>/zones/sums.parquet",
    log:
        "<logs>/{study}/sum_zones.log",
    priority: 1  # the series and their figures wait for it
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        kinds=of_study(zones.rasters_by_name),
        weights=of_study(zones.weights_by_name),
        own_years=of_study(zones.own_years_by_name),
        years=setting("years"),
    message:
        "{wildcards.study}: annual sums over all zones."
    script:
        "../scripts/zones/sum_zones.py"


rule summarise_zones:
    input:
        sums="<study>/zones/sums.parquet",
        grid="<study>/grid.tif",
    output:
        series="<study>/tables/series_{zones}.csv",
        trends="<study>/tables/trends_{zones}.csv",
        shown_series="<study>/zones/series_{zones}.csv",
        shown_trends="<study>/zones/trends_{zones}.csv",
    log:
        "<logs>/{study}/summarise_zones/{zones}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        own_years=of_study(zones.own_years, "zones"),
        summary=of_study(zones.summary),
        show=of_study(zones.show, "zones"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: annual means and totals by {wildcards.zones}."
    script:
        "../scripts/zones/summarise_zones.py"


rule summarise_classes:
    input:
        classes=of_study(zones.class_raster, "classes"),
        persistence=of_study(zones.persistence_of_classes, "classes"),
        weights=of_study(zones.weights_of, "classes"),
        missing_reason="<study>/pixel/npp_missing_reason.tif",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/shares_{classes}.csv",
    log:
        "<logs>/{study}/summarise_classes/{classes}.log",
    wildcard_constraints:
        classes=r"\w+",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        shared_inputs=of_study(zones.shared_input_of_classes, "classes"),
        criteria=of_study(zones.criteria_of_classes, "classes"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: area of {wildcards.classes}."
    script:
        "../scripts/zones/summarise_classes.py"


rule estimate_contrast:
    input:
        zones=of_study(zones.contrast_raster, "contrast"),
        layers=of_study(zones.contrast_layers),
        covariates=of_study(zones.contrast_covariates, "contrast"),
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/contrast_{contrast}.csv",
    log:
        "<logs>/{study}/estimate_contrast/{contrast}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(30),
    params:
        layers=of_study(zones.contrast_layer_names),
        entry=of_study(zones.contrast, "contrast"),
        contrast=setting("contrast"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: {wildcards.contrast} against the rest of the area."
    script:
        "../scripts/zones/estimate_contrast.py"
