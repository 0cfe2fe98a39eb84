"""Climate and soil organic carbon -> total and heterotrophic respiration of soil models.

Inputs   <study>/climate, raster of soil_carbon
Outputs  <study>/soil/{native_carbon,carbon}.tif, <study>/nep/{rs,rh}_<soil model>_<relation>.tif,
         <study>/tables/{respiration_<soil model>_<relation>,calibration_plots}.csv
"""


rule warp_soil_carbon:
    input:
        carbon=carbon_raster,
        grid="<study>/grid.tif",
        code=code_of("respiration/warp_soil_carbon.py"),
    output:
        native="<study>/soil/native_carbon.tif",
        carbon="<study>/soil/carbon.tif",
    log:
        "<logs>/{study}/warp_soil_carbon.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(20),
    params:
        entry=carbon_entry,
    message:
        "{wildcards.study}: soil organic carbon on the study grid."
    script:
        "../scripts/respiration/warp_soil_carbon.py"


rule calibrate_plots:
    input:
        plots=field_file("plots"),
        code=code_of("respiration/calibrate_plots.py"),
    output:
        table="<study>/tables/calibration_plots.csv",
    log:
        "<logs>/{study}/calibrate_plots.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1000),
        runtime=by_size(10),
    params:
        plots=lookup(within=STUDIES, dpath="{study}/plots"),
        models=models_of_soil,
        respiration=lookup(within=STUDIES, dpath="{study}/respiration"),
        simulated=lookup(within=STUDIES, dpath="{study}/simulated"),
    message:
        "{wildcards.study}: respiration models calibrated on field plots."
    script:
        "../scripts/respiration/calibrate_plots.py"


rule estimate_soil_respiration:
    input:
        calibration=calibration_if_named,
        annual=[
            "<study>/climate/temperature.tif",
            "<study>/climate/precipitation.tif",
        ],
        months=months_of_soil,
        evaluations=evaluations_of_soil,
        carbon=carbon_if_needed,
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("respiration/estimate_soil_respiration.py"),
    output:
        respiration="<study>/nep/rh_{soil_model}_{relation}.tif",
        total="<study>/nep/rs_{soil_model}_{relation}.tif",
        table="<study>/tables/respiration_{soil_model}_{relation}.csv",
    log:
        "<logs>/{study}/estimate_soil_respiration/{soil_model}_{relation}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        constants=constants_of_soil,
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: respiration by {wildcards.soil_model} and {wildcards.relation}."
    script:
        "../scripts/respiration/estimate_soil_respiration.py"
