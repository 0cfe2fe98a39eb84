"""Climate and NPP -> heterotrophic respiration and NEP.

Inputs   <study>/climate/<variable>{.tif,_fit.npz} or native/<variable>.tif, <study>/npp/<collection>/<year>.tif
Outputs  <study>/nep/rh_<reading>.tif of all cells; <study>/nep/{nep,npp,rh}.tif, the balance, over the
         cells and years where NEP exists
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
