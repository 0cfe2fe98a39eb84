"""Bands of NPP, land cover, climate, NDVI, respiration and NEP.

Inputs   those of the rules, for the whole grid
Outputs  <study>/bands/<band>/<file> of each output
"""


use rule warp_npp as warp_npp_band with:
    output:
        **files_of_band("warp_npp"),
    log:
        log_of_band("warp_npp"),


use rule warp_npp_raster as warp_npp_raster_band with:
    output:
        **files_of_band("warp_npp_raster"),
    log:
        log_of_band("warp_npp_raster"),


use rule harmonise_npp as harmonise_npp_band with:
    output:
        **files_of_band("harmonise_npp"),
    log:
        log_of_band("harmonise_npp"),


use rule warp_landcover as warp_landcover_band with:
    output:
        **files_of_band("warp_landcover"),
    log:
        log_of_band("warp_landcover"),


use rule interpolate_climate as interpolate_climate_band with:
    output:
        **files_of_band("interpolate_climate"),
    log:
        log_of_band("interpolate_climate"),


use rule estimate_standard_error as estimate_standard_error_band with:
    output:
        **files_of_band("estimate_standard_error"),
    log:
        log_of_band("estimate_standard_error"),


use rule estimate_pet as estimate_pet_band with:
    output:
        **files_of_band("estimate_pet"),
    log:
        log_of_band("estimate_pet"),


use rule warp_ndvi as warp_ndvi_band with:
    output:
        **files_of_band("warp_ndvi"),
    log:
        log_of_band("warp_ndvi"),


use rule fill_ndvi as fill_ndvi_band with:
    output:
        **files_of_band("fill_ndvi"),
    log:
        log_of_band("fill_ndvi"),


use rule estimate_normals as estimate_normals_band with:
    output:
        **files_of_band("estimate_normals"),
    log:
        log_of_band("estimate_normals"),


use rule estimate_npp_casa as estimate_npp_casa_band with:
    output:
        **files_of_band("estimate_npp_casa"),
    log:
        log_of_band("estimate_npp_casa"),


use rule estimate_respiration as estimate_respiration_band with:
    output:
        **files_of_band("estimate_respiration"),
    log:
        log_of_band("estimate_respiration"),


use rule estimate_nep as estimate_nep_band with:
    output:
        **files_of_band("estimate_nep"),
    log:
        log_of_band("estimate_nep"),
