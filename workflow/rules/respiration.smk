"""Climate, soil carbon and NPP -> heterotrophic respiration and NEP.

Inputs   <study>/climate/<variable>{.tif,_fit.npz} or native/<variable>.tif, npp/<source>/npp_<year>.tif,
         raster of soil_carbon
Outputs  <study>/nep/{nep,npp,rh}.tif, the balance, over the cells and years where NEP exists;
         nep/rh_<time_step>.tif (Rh by a direct model) and nep/{rs,rh}_<soil model>_<relation>.tif (total
         soil respiration and Rh from it) of all cells, rh_*_sensitivity.tif (what moves Rh of the mean year), soil/{native_carbon,carbon}.tif,
         <study>/tables/respiration_{variants,<soil model>_<relation>}.csv, calibration_plots.csv
"""

from nepflow.study import evaluation, files, layers, respiration, zones


wildcard_constraints:
    time_step="|".join(respiration.TIME_STEPS),
    soil_model="|".join(respiration.SOIL_MODELS),
    relation="|".join(respiration.RELATIONS),


rule estimate_respiration:
    input:
        temperature="<study>/climate/temperature.tif",
        precipitation="<study>/climate/precipitation.tif",
        months=of_study(layers.months, variables=["temperature", "precipitation"]),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        respiration="<banded>/nep/rh_{time_step}.tif",
        sensitivity="<banded>/nep/rh_{time_step}_sensitivity.tif",
    log:
        "<logs>/{study}{band}/estimate_respiration/{time_step}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        time_step="{time_step}",
        bias_correction=setting("climate/bias_correction"),
    message:
        "{wildcards.study}{wildcards.band}: heterotrophic respiration, time step {wildcards.time_step}."
    script:
        "../scripts/respiration/estimate_respiration.py"


rule warp_soil_carbon:
    input:
        carbon=of_study(files.carbon_raster),
        grid="<study>/grid.tif",
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
        entry=of_study(files.carbon_entry),
    message:
        "{wildcards.study}: soil organic carbon on the study grid."
    script:
        "../scripts/respiration/warp_soil_carbon.py"


rule calibrate_plots:
    input:
        plots=of_study(evaluation.field_file, kind="plots"),
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
        plots=setting("plots"),
        models=of_study(respiration.models),
        constants=of_study(respiration.constants_by_model),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: respiration models calibrated on field plots."
    script:
        "../scripts/respiration/calibrate_plots.py"


rule estimate_soil_respiration:
    input:
        calibration=of_study(respiration.calibration_if_named),
        annual=[
            "<study>/climate/temperature.tif",
            "<study>/climate/precipitation.tif",
        ],
        months=of_study(respiration.months, "soil_model"),
        carbon=of_study(respiration.carbon_if_needed, "soil_model"),
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
    output:
        respiration="<study>/nep/rh_{soil_model}_{relation}.tif",
        total="<study>/nep/rs_{soil_model}_{relation}.tif",
        sensitivity="<study>/nep/rh_{soil_model}_{relation}_sensitivity.tif",
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
        constants=of_study(respiration.constants, "soil_model"),
        bias_correction=setting("climate/bias_correction"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: respiration by {wildcards.soil_model} and {wildcards.relation}."
    script:
        "../scripts/respiration/estimate_soil_respiration.py"


rule estimate_nep:
    input:
        npp=of_study(layers.yearly, pattern="npp/{npp}/npp_{year}.tif"),
        respiration=of_study(layers.respiration),
    output:
        nep="<banded>/nep/nep.tif",
        npp="<banded>/nep/npp.tif",
        rh="<banded>/nep/rh.tif",
    log:
        "<logs>/{study}{band}/estimate_nep.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    message:
        "{wildcards.study}{wildcards.band}: NEP = NPP - Rh."
    script:
        "../scripts/respiration/estimate_nep.py"


rule compare_respiration:
    input:
        npp="<study>/nep/npp.tif",
        respiration=of_study(layers.all_respiration),
        grid="<study>/grid.tif",
        true_npp=of_study(layers.truth, variable="npp"),
        true_rh=of_study(layers.truth, variable="rh"),
    output:
        table="<study>/tables/respiration_variants.csv",
        means="<study>/nep/nep_mean_by_model.tif",
    log:
        "<logs>/{study}/compare_respiration.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(1500),
        runtime=by_size(30),
    params:
        variants=setting("respiration_variants"),
        years=setting("years"),
        summary=of_study(zones.summary),
        chosen=setting("respiration_variant"),
        simulated=setting("simulated"),
    message:
        "{wildcards.study}: NEP by the time steps of the respiration equation."
    script:
        "../scripts/respiration/compare_respiration.py"
