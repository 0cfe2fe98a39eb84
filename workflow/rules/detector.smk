"""Layers -> what factors explain of a variable: the geographical detector.

Inputs   layers of the study, rasters and polygons of the raw folder
Outputs  <study>/slope.tif, <study>/factors/<factor>.tif, <study>/detector/<detector>.npz,
         <study>/tables/detector_{discretisation,factors,interactions,risk,ecological,scales}_*.csv
"""

from nepflow.study import detector


wildcard_constraints:
    detector=r"\w+",
    factor=r"\w+",


rule estimate_slope:
    input:
        dem="<study>/dem.tif",
    output:
        slope="<study>/slope.tif",
    log:
        "<logs>/{study}/estimate_slope.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(10),
    message:
        "{wildcards.study}: slope of the ground."
    script:
        "../scripts/detector/estimate_slope.py"


rule warp_factor:
    input:
        file=of_study(detector.factor_file, "factor"),
        grid="<study>/grid.tif",
    output:
        factor="<study>/factors/{factor}.tif",
    log:
        "<logs>/{study}/warp_factor/{factor}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        factor=of_study(detector.factor, "factor"),
    message:
        "{wildcards.study}: factor {wildcards.factor}."
    script:
        "../scripts/detector/warp_factor.py"


rule sample_factors:
    input:
        layers=of_study(detector.layer_files, "detector"),
        grid="<study>/grid.tif",
    output:
        sample="<study>/detector/{detector}.npz",
        table="<study>/tables/detector_discretisation_{detector}.csv",
    log:
        "<logs>/{study}/sample_factors/{detector}.log",
    wildcard_constraints:
        detector=detector.pattern(STUDIES),
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(30),
    params:
        names=of_study(detector.factor_names, "detector"),
        options=setting("detector"),
        shared_inputs=of_study(detector.shared_inputs, "detector"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: cells and strata of the detector {wildcards.detector}."
    script:
        "../scripts/detector/sample_factors.py"


rule detect_factors:
    input:
        sample="<study>/detector/{detector}.npz",
        variable=of_study(detector.variable_file, "detector"),
    output:
        factors="<study>/tables/detector_factors_{detector}.csv",
        interactions="<study>/tables/detector_interactions_{detector}.csv",
        risk="<study>/tables/detector_risk_{detector}.csv",
        ecological="<study>/tables/detector_ecological_{detector}.csv",
    log:
        "<logs>/{study}/detect_factors/{detector}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(4000),
        runtime=by_size(60),
    params:
        options=setting("detector"),
        shared_inputs=of_study(detector.shared_inputs, "detector"),
        variable=of_study(detector.variable, "detector"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: detector {wildcards.detector}."
    script:
        "../scripts/detector/detect_factors.py"


rule detect_scales:
    input:
        layers=of_study(detector.layer_files, "detector"),
        sample="<study>/detector/{detector}.npz",
        discretisation="<study>/tables/detector_discretisation_{detector}.csv",
        grid="<study>/grid.tif",
    output:
        table="<study>/tables/detector_scales_{detector}.csv",
    log:
        "<logs>/{study}/detect_scales/{detector}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(3000),
        runtime=by_size(30),
    params:
        options=setting("detector"),
        shared_inputs=of_study(detector.shared_inputs, "detector"),
        variable=of_study(detector.variable, "detector"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: detector {wildcards.detector} on several sampling grids."
    script:
        "../scripts/detector/detect_scales.py"
