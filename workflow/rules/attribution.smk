"""Annual cubes -> trends split into climate and the residual.

Inputs   <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/attribution/<variable>_{observed_slope,observed_p,time_r2,restrend_bias}.tif,
         <method>_{climate_slope,residual_slope,driver_slopes,residual_share,case,dominant}.tif,
         <study>/tables/{attribution,pooled}_<variable>.csv
"""

from nepflow.study import attribution, circularity, layers


wildcard_constraints:
    method="|".join(attribution.METHODS),


rule pool_coefficients:
    input:
        cube=of_study(layers.cube, "variable"),
        drivers=of_study(layers.drivers),
        types=of_study(attribution.pooling_types),
    output:
        table="<study>/tables/pooled_{variable}.csv",
    log:
        "<logs>/{study}/pool_coefficients/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        years=setting("years"),
        calibration=setting("attribution/calibration"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: what climate does to {wildcards.variable} by vegetation type."
    script:
        "../scripts/attribution/pool_coefficients.py"


rule estimate_attribution:
    input:
        pooled=of_study(attribution.pooled_table, "variable"),
        types=of_study(attribution.pooling_types),
        cube=of_study(layers.cube, "variable"),
        drivers=of_study(layers.drivers),
        grid="<study>/grid.tif",
    output:
        climate="<banded>/attribution/{variable}_{method}_climate_slope.tif",
        residual="<banded>/attribution/{variable}_{method}_residual_slope.tif",
        drivers="<banded>/attribution/{variable}_{method}_driver_slopes.tif",
        share="<banded>/attribution/{variable}_{method}_residual_share.tif",
        cases="<banded>/attribution/{variable}_{method}_case.tif",
        dominant="<banded>/attribution/{variable}_{method}_dominant.tif",
    log:
        "<logs>/{study}{band}/estimate_attribution/{variable}_{method}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        years=setting("years"),
        min_years=setting("min_years"),
        attribution=setting("attribution"),
    message:
        "{wildcards.study}{wildcards.band}: attribution of the trend of {wildcards.variable}, {wildcards.method}."
    script:
        "../scripts/attribution/estimate_attribution.py"


rule estimate_restrend_bias:
    input:
        pooled=of_study(attribution.pooled_table, "variable"),
        types=of_study(attribution.pooling_types),
        cube=of_study(layers.cube, "variable"),
        drivers=of_study(layers.drivers),
    output:
        observed="<banded>/attribution/{variable}_observed_slope.tif",
        p="<banded>/attribution/{variable}_observed_p.tif",
        time_r2="<banded>/attribution/{variable}_time_r2.tif",
        bias="<banded>/attribution/{variable}_restrend_bias.tif",
    log:
        "<logs>/{study}{band}/estimate_restrend_bias/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        years=setting("years"),
        min_years=setting("min_years"),
        attribution=setting("attribution"),
    message:
        "{wildcards.study}{wildcards.band}: bias of RESTREND for {wildcards.variable}."
    script:
        "../scripts/attribution/estimate_restrend_bias.py"


rule summarise_attribution:
    input:
        pooled=of_study(attribution.pooled_table, "variable"),
        types=of_study(attribution.pooling_types),
        cube=of_study(layers.cube, "variable"),
        climate_cubes=of_study(layers.drivers),
        observed="<study>/attribution/{variable}_observed_slope.tif",
        p="<study>/attribution/{variable}_observed_p.tif",
        bias="<study>/attribution/{variable}_restrend_bias.tif",
        climate=of_study(attribution.layer_of_methods, "variable", layer="climate_slope"),
        residual=of_study(attribution.layer_of_methods, "variable", layer="residual_slope"),
        drivers=of_study(attribution.layer_of_methods, "variable", layer="driver_slopes"),
        share=of_study(attribution.layer_of_methods, "variable", layer="residual_share"),
        cases=of_study(attribution.layer_of_methods, "variable", layer="case"),
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/attribution_{variable}.csv",
    log:
        "<logs>/{study}/summarise_attribution/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        years=setting("years"),
        min_years=setting("min_years"),
        attribution=setting("attribution"),
        shared_inputs=of_study(circularity.shared_inputs, "variable"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: climate and the residual in the trend of {wildcards.variable}."
    script:
        "../scripts/attribution/summarise_attribution.py"
