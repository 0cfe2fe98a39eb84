"""Annual cubes -> statistics of each pixel's series.

Inputs   <study>/nep/nep.tif and the other cubes, <study>/climate/<variable>.tif
Outputs  <study>/pixel/<variable>_<layer>.tif (layers: nepflow/study/pixel.py),
         <study>/tables/{cv_breaks,persistence,correlation,multiple}_<variable>.csv,
         field_significance_<test>_<variable>.csv
"""

from nepflow.study import circularity, layers, pixel


wildcard_constraints:
    test="|".join(pixel.TESTS),


rule estimate_mean:
    input:
        cube=of_study(layers.cube, "variable"),
    output:
        **pixel.outputs("mean"),
    log:
        "<logs>/{study}{band}/estimate_mean/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        min_years=of_study(layers.min_years),
    message:
        "{wildcards.study}{wildcards.band}: mean of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_mean.py"


rule estimate_trend:
    input:
        cube=of_study(layers.cube, "variable"),
    output:
        **pixel.outputs("trend"),
    log:
        "<logs>/{study}{band}/estimate_trend/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        min_years=setting("min_years"),
        trend=setting("trend"),
    message:
        "{wildcards.study}{wildcards.band}: trend of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_trend.py"


rule estimate_variability:
    input:
        cube=of_study(layers.cube, "variable"),
    output:
        **pixel.outputs("variation"),
    log:
        "<logs>/{study}{band}/estimate_variability/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        min_years=setting("min_years"),
        variability=setting("variability"),
    message:
        "{wildcards.study}{wildcards.band}: variation of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_variability.py"


rule classify_variation:
    input:
        cv="<study>/pixel/{variable}_cv.tif",
    output:
        cv_class="<study>/pixel/{variable}_cv_class.tif",
        breaks="<study>/tables/cv_breaks_{variable}.csv",
    log:
        "<logs>/{study}/classify_variation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        variability=setting("variability"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: classes of variation of {wildcards.variable}."
    script:
        "../scripts/pixel/classify_variation.py"


rule estimate_persistence:
    input:
        cube=of_study(layers.cube, "variable"),
        slope="<study>/pixel/{variable}_sen_slope.tif",
    output:
        **pixel.outputs("persistence"),
    log:
        "<logs>/{study}{band}/estimate_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        min_years=setting("min_years"),
        persistence=setting("persistence"),
    message:
        "{wildcards.study}{wildcards.band}: persistence of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_persistence.py"


rule summarise_persistence:
    input:
        cube=of_study(layers.cube, "variable"),
        slope="<study>/pixel/{variable}_sen_slope.tif",
        missing_reason="<study>/pixel/npp_missing_reason.tif",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/persistence_{variable}.csv",
    log:
        "<logs>/{study}/summarise_persistence/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=setting("years"),
        min_years=setting("min_years"),
        persistence=setting("persistence"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: persistence of {wildcards.variable} beside chance."
    script:
        "../scripts/pixel/summarise_persistence.py"


# A rule for each set of drivers that a study has: one job reads all of them once.
for drivers, driven in pixel.sets_of_drivers(STUDIES).items():

    rule:
        name:
            "_".join(["estimate_correlation", *drivers])
        input:
            cube=of_study(layers.cube, "variable"),
            drivers=of_study(layers.drivers),
        output:
            **pixel.partial_files(drivers),
        log:
            "<logs>/{study}{band}/estimate_correlation/{variable}.log",
        wildcard_constraints:
            study=names.any_of(driven),
        conda:
            "../../envs/geo.yaml"
        resources:
            mem_mb=by_attempt(2000),
            runtime=by_size(60),
        params:
            climate=setting("climate/variables"),
            years=setting("years"),
            min_years=setting("min_years"),
            correlation=setting("correlation"),
        message:
            "{wildcards.study}{wildcards.band}: partial correlations of {wildcards.variable}."
        script:
            "../scripts/pixel/estimate_correlation.py"


rule control_false_discoveries:
    input:
        p="<study>/pixel/{variable}_{test}_p.tif",
        lag1=of_study(pixel.memory_of_test, "variable", "test"),
        missing_reason="<study>/pixel/npp_missing_reason.tif",
        grid="<study>/grid.tif",
    output:
        discoveries="<study>/pixel/{variable}_{test}_fdr.tif",
        table="<study>/tables/field_significance_{test}_{variable}.csv",
    log:
        "<logs>/{study}/control_false_discoveries/{variable}_{test}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_size(2000),
        runtime=by_size(30),
    params:
        significance=of_study(pixel.significance, "test"),
        shared_inputs=of_study(circularity.shared_input_of_test, "variable", "test"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: field significance of {wildcards.test} of {wildcards.variable}."
    script:
        "../scripts/pixel/control_false_discoveries.py"


rule summarise_correlation:
    input:
        cube=of_study(layers.cube, "variable"),
        drivers=of_study(layers.drivers),
        r=of_study(pixel.first_partial, "variable"),
        discoveries=of_study(pixel.controlled_discoveries, "variable"),
        missing_reason="<study>/pixel/npp_missing_reason.tif",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/correlation_{variable}.csv",
    log:
        "<logs>/{study}/summarise_correlation/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        climate=setting("climate/variables"),
        years=setting("years"),
        min_years=setting("min_years"),
        correlation=setting("correlation"),
        shared_inputs=of_study(circularity.shared_inputs, "variable"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: partial correlations of {wildcards.variable} beside chance."
    script:
        "../scripts/pixel/summarise_correlation.py"


rule estimate_dominance:
    input:
        cube=of_study(layers.cube, "variable"),
        drivers=of_study(layers.drivers),
    output:
        **pixel.outputs("dominance"),
    log:
        "<logs>/{study}{band}/estimate_dominance/{variable}.log",
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
        correlation=setting("correlation"),
    message:
        "{wildcards.study}{wildcards.band}: dominant drivers of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_dominance.py"


rule summarise_dominance:
    input:
        r2="<study>/pixel/{variable}_multiple_r2.tif",
        p="<study>/pixel/{variable}_multiple_p.tif",
        missing_reason="<study>/pixel/npp_missing_reason.tif",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/multiple_{variable}.csv",
    log:
        "<logs>/{study}/summarise_dominance/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        shared_inputs=of_study(circularity.shared_inputs, "variable"),
        level=setting("correlation/significance_p"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: multiple correlation of {wildcards.variable}."
    script:
        "../scripts/pixel/summarise_dominance.py"
