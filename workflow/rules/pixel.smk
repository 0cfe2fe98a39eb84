"""Annual cubes -> statistics of every pixel.

Inputs   <study>/nep/nep.tif and the other cubes
Outputs  <study>/pixel/<variable>/{mean,valid_years,sen_slope,slope_low,
         slope_high,mann_kendall_z,mann_kendall_p,lag1,trend_class}.tif
"""


rule estimate_mean:
    input:
        cube=cube_of,
        grid="<study>/grid.tif",
        code=code_of("pixel/estimate_mean.py"),
    output:
        mean="<study>/pixel/{variable}/mean.tif",
        valid_years="<study>/pixel/{variable}/valid_years.tif",
    log:
        "<logs>/{study}/estimate_mean/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(30),
    params:
        minimum_years=minimum_valid_years,
    message:
        "{wildcards.study}: mean of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_mean.py"


rule estimate_trend:
    input:
        cube=cube_of,
        grid="<study>/grid.tif",
        code=code_of("pixel/estimate_trend.py"),
    output:
        slope="<study>/pixel/{variable}/sen_slope.tif",
        low="<study>/pixel/{variable}/slope_low.tif",
        high="<study>/pixel/{variable}/slope_high.tif",
        z="<study>/pixel/{variable}/mann_kendall_z.tif",
        p="<study>/pixel/{variable}/mann_kendall_p.tif",
        lag1="<study>/pixel/{variable}/lag1.tif",
        trend_class="<study>/pixel/{variable}/trend_class.tif",
    log:
        "<logs>/{study}/estimate_trend/{variable}.log",
    conda:
        "../../envs/geo.yaml"
    threads: 2
    resources:
        mem_mb=by_attempt(2000),
        runtime=by_size(60),
    params:
        years=years_of,
        minimum_years=lookup(within=STUDIES, dpath="{study}/minimum_years"),
        trend=lookup(within=STUDIES, dpath="{study}/trend"),
    message:
        "{wildcards.study}: trend of {wildcards.variable}."
    script:
        "../scripts/pixel/estimate_trend.py"
