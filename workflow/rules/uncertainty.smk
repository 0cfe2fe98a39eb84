"""Errors of inputs and constants -> errors of NEP of cells and zones.

Inputs   <study>/nep/rh_*_sensitivity.tif, pixel/{nep,npp}_mean.tif, npp/<source>/qc_<year>.tif,
         land cover, zones, residuals or standard errors of the climate, config/uncertainty.csv,
         config/respiration_refit.csv
Outputs  <study>/uncertainty/{nep_sd,nep_largest_error,nep_sink_probability,
         nep_sink_share_of_models}.tif, effects.parquet,
         <study>/tables/{uncertainty_<zones>,error_sources}.csv
"""

from nepflow.study import layers, uncertainty


rule estimate_uncertainty:
    input:
        nep="<study>/pixel/nep_mean.tif",
        valid_years="<study>/pixel/nep_valid_years.tif",
        npp="<study>/pixel/npp_mean.tif",
        sensitivity=of_study(uncertainty.sensitivity),
        quality=of_study(uncertainty.quality),
        precipitation="<study>/pixel/precipitation_mean.tif",
        landcover=of_study(uncertainty.landcover),
        error_maps=of_study(uncertainty.error_maps),
        residuals=of_study(uncertainty.residuals),
        by_model="<study>/nep/nep_mean_by_model.tif",
        other_npp=of_study(uncertainty.other_npp),
        zone_rasters=of_study(uncertainty.zone_files),
        grid="<study>/grid.tif",
    output:
        sd="<study>/uncertainty/nep_sd.tif",
        largest="<study>/uncertainty/nep_largest_error.tif",
        sink_probability="<study>/uncertainty/nep_sink_probability.tif",
        sink_share_of_models="<study>/uncertainty/nep_sink_share_of_models.tif",
        effects="<study>/uncertainty/effects.parquet",
        errors="<study>/tables/error_sources.csv",
    log:
        "<logs>/{study}/estimate_uncertainty.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(1800),
        runtime=by_size(30),
    params:
        errors=of_study(uncertainty.errors),
        error_rows=of_study(uncertainty.error_rows),
        of_maps=of_study(uncertainty.of_maps),
        models=of_study(uncertainty.models),
        confidence_percent=setting("trend/confidence_percent"),
        zones=of_study(uncertainty.zone_rasters),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: errors of mean NEP."
    script:
        "../scripts/uncertainty/estimate_uncertainty.py"


rule summarise_uncertainty:
    input:
        effects="<study>/uncertainty/effects.parquet",
        trends="<study>/tables/trends_{zones}.csv",
        series="<study>/tables/series_{zones}.csv",
    output:
        table="<study>/tables/uncertainty_{zones}.csv",
    log:
        "<logs>/{study}/summarise_uncertainty/{zones}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        chosen=setting("respiration_variant"),
        confidence_percent=setting("trend/confidence_percent"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: errors of NEP by {wildcards.zones}."
    script:
        "../scripts/uncertainty/summarise_uncertainty.py"
