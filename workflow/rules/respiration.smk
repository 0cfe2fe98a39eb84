"""Climate, soil carbon and NPP -> heterotrophic respiration and NEP.

Inputs   <study>/climate/<variable>{.tif,_fit.npz} or native/<variable>.tif, <study>/npp/<collection>/<year>.tif
         <study>/climate, raster of soil_carbon
         sums over zones, cubes, class rasters and absence of a study
Outputs  <study>/nep/rh_<reading>.tif of all cells; <study>/nep/{nep,npp,rh}.tif, the balance, over the
         cells and years where NEP exists
         <study>/soil/{native_carbon,carbon}.tif, <study>/nep/{rs,rh}_<soil model>_<relation>.tif,
         <study>/tables/{respiration_<soil model>_<relation>,calibration_plots}.csv
         <study>/tables/*.csv
"""


rule estimate_respiration:
    input:
        temperature="<study>/climate/temperature.tif",
        precipitation="<study>/climate/precipitation.tif",
        months=months_of("temperature", "precipitation"),
        evaluations=evaluations_of("temperature", "precipitation"),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("respiration/estimate_respiration.py"),
    output:
        respiration="<study>/nep/rh_{reading}.tif",
    log:
        "<logs>/{study}/estimate_respiration/{reading}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        reading="{reading}",
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: heterotrophic respiration, reading {wildcards.reading}."
    script:
        "../scripts/respiration/estimate_respiration.py"


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


rule estimate_nep:
    input:
        npp=in_study("npp/{npp}/{year}.tif"),
        respiration=chosen_respiration,
        code=code_of("respiration/estimate_nep.py"),
    output:
        nep="<study>/nep/nep.tif",
        npp="<study>/nep/npp.tif",
        rh="<study>/nep/rh.tif",
    log:
        "<logs>/{study}/estimate_nep.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    message:
        "{wildcards.study}: NEP = NPP - Rh."
    script:
        "../scripts/respiration/estimate_nep.py"


rule compare_readings:
    input:
        npp="<study>/nep/npp.tif",
        respiration=compared_respiration,
        grid="<study>/grid.tif",
        code=code_of("respiration/compare_readings.py"),
    output:
        table="<study>/tables/respiration_readings.csv",
    log:
        "<logs>/{study}/compare_readings.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        readings=lookup(within=STUDIES, dpath="{study}/respiration_variants"),
        minimum_years=minimum_valid_years,
        chosen=lookup(within=STUDIES, dpath="{study}/respiration_variant"),
    message:
        "{wildcards.study}: NEP by the readings of the respiration equation."
    script:
        "../scripts/respiration/compare_readings.py"
