"""Bands of the statistics of pixels, of attribution and of means of periods.

Inputs   those of the rules, for the whole grid
Outputs  <study>/bands/<band>/<file> of each output
"""


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


use rule estimate_correlation_without_radiation as estimate_correlation_without_radiation_band with:
    output:
        **files_of_band("estimate_correlation_without_radiation"),
    log:
        log_of_band("estimate_correlation_without_radiation"),


use rule estimate_dominance as estimate_dominance_band with:
    output:
        **files_of_band("estimate_dominance"),
    log:
        log_of_band("estimate_dominance"),


use rule estimate_absence as estimate_absence_band with:
    output:
        **files_of_band("estimate_absence"),
    log:
        log_of_band("estimate_absence"),


use rule average_periods as average_periods_band with:
    output:
        **files_of_band("average_periods"),
    log:
        log_of_band("average_periods"),


use rule average_landcover as average_landcover_band with:
    output:
        **files_of_band("average_landcover"),
    log:
        log_of_band("average_landcover"),


use rule estimate_attribution as estimate_attribution_band with:
    output:
        **files_of_band("estimate_attribution"),
    log:
        log_of_band("estimate_attribution"),


use rule estimate_residual_bias as estimate_residual_bias_band with:
    output:
        **files_of_band("estimate_residual_bias"),
    log:
        log_of_band("estimate_residual_bias"),
