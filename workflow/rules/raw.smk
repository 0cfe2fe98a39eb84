"""Missing raw files: a rule for each that refuses to make it, whatever asks for it.

Without it a missing raw file would be silent once results exist (`MissingRawFiles`).
"""

for number, (path, refuse) in enumerate(RAW_FAULTS.items()):

    rule:
        name:
            f"missing_raw_file_{number}"
        input:
            refuse,
        output:
            path.replace("{", "{{").replace("}", "}}"),
        log:
            f"<logs>/missing_raw_file_{number}.log",
        localrule: True
        message:
            "A raw file that must be brought."
        shell:
            "false"
