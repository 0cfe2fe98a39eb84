"""Pixel rules of a study with grid.blocks above 1: a job a band, and one that gathers the bands.

Inputs   those of the pixel rules
Outputs  <study>/bands/<band>/<file> of each output of a pixel rule, <study>/<file>
"""


ruleorder: gather_interpolate_climate > warp_climate


for banded in BANDED_RULES:
    gather = f"gather_{banded}"

    rule:
        name:
            gather
        input:
            unpack(bands_of(banded)),
            code=code_of("gather_bands.py"),
        output:
            **dict(getattr(rules, banded).output.items()),
        log:
            getattr(rules, banded).log[0].replace(banded, gather),
        wildcard_constraints:
            **constraints_of_gathering(banded),
        localrule: True
        conda:
            "../../envs/geo.yaml"
        resources:
            mem_mb=by_attempt(500),
            runtime=by_attempt(5),
        message:
            "{wildcards.study}: bands of {output[0]}."
        script:
            "../scripts/gather_bands.py"

    workflow.ruleorder(gather, banded)


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


use rule estimate_mean as estimate_mean_band with:
    output:
        **files_of_band("estimate_mean"),
    log:
        log_of_band("estimate_mean"),


use rule estimate_trend as estimate_trend_band with:
    output:
        **files_of_band("estimate_trend"),
    log:
        log_of_band("estimate_trend"),


use rule estimate_stability as estimate_stability_band with:
    output:
        **files_of_band("estimate_stability"),
    log:
        log_of_band("estimate_stability"),


use rule estimate_persistence as estimate_persistence_band with:
    output:
        **files_of_band("estimate_persistence"),
    log:
        log_of_band("estimate_persistence"),


use rule estimate_correlation as estimate_correlation_band with:
    output:
        **files_of_band("estimate_correlation"),
    log:
        log_of_band("estimate_correlation"),


use rule estimate_dominance as estimate_dominance_band with:
    output:
        **files_of_band("estimate_dominance"),
    log:
        log_of_band("estimate_dominance"),
