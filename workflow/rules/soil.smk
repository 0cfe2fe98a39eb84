"""Climate and soil organic carbon -> total and heterotrophic respiration of soil models.

Inputs   <study>/climate, raster of soil_carbon
Outputs  <study>/soil/{native_carbon,carbon}.tif, <study>/nep/{rs,rh}_<soil model>_<relation>.tif,
         <study>/tables/respiration_<soil model>_<relation>.csv
"""


rule warp_soil_carbon:
    input:
        carbon=carbon_raster,
        grid="<study>/grid.tif",
        code=code_of("warp_soil_carbon.py"),
    output:
        native="<study>/soil/native_carbon.tif",
        carbon="<study>/soil/carbon.tif",
    log:
        "<logs>/{study}/warp_soil_carbon.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=2000,
        runtime=20,
    params:
        entry=carbon_entry,
    message:
        "{wildcards.study}: soil organic carbon on the study grid."
    script:
        "../scripts/warp_soil_carbon.py"


rule estimate_soil_respiration:
    input:
        annual=[
            "<study>/climate/temperature.tif",
            "<study>/climate/precipitation.tif",
        ],
        months=months_of_soil,
        evaluations=evaluations_of_soil,
        carbon=carbon_if_needed,
        dem="<study>/dem.tif",
        grid="<study>/grid.tif",
        code=code_of("estimate_soil_respiration.py"),
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
        mem_mb=2000,
        runtime=60,
    params:
        constants=constants_of_soil,
        bias_correction=lookup(within=STUDIES, dpath="{study}/climate/bias_correction"),
    message:
        "{wildcards.study}: respiration by {wildcards.soil_model} and {wildcards.relation}."
    script:
        "../scripts/estimate_soil_respiration.py"
