"""A real Slurm of one node, for a test: own ports, own munge socket, ends with the test."""

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager

PROGRAMS = ("slurmctld", "slurmd", "munged", "sbatch", "squeue", "scontrol")
CONFIGURATION = """\
ClusterName=nepflow
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
SchedulerParameters=bf_interval=2,sched_interval=2
NodeName=localhost NodeAddr=127.0.0.1 CPUs={cpus} RealMemory={memory} State=UNKNOWN
PartitionName=main Nodes=localhost Default=YES MaxTime=INFINITE State=UP
"""


def why_not():
    """Return why no Slurm can be started here, or an empty string."""
    missing = [name for name in PROGRAMS if not program(name)]
    if missing:
        return f"no {', '.join(missing)} (Debian: slurm-wlm, munge)"
    return "" if os.getuid() == 0 else "slurmd of the test runs as root only"


def program(name):
    """Path of a daemon or command; Debian keeps daemons in sbin."""
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def node():
    """CPUs and memory (MB) as slurmd sees them."""
    said = subprocess.run(
        [program("slurmd"), "-C"], capture_output=True, text=True, check=True
    ).stdout
    values = dict(word.split("=") for word in said.split() if "=" in word)
    return int(values["CPUs"]), int(int(values["RealMemory"]) * 0.9)


@contextmanager
def one_node(folder):
    """Yield the environment in which sbatch and squeue speak with the cluster.

    Parameters
    ----------
    folder : Path
        State, logs, key and socket of the cluster; munge wants every folder above it to be
        closed to writing by others.
    """
    started = []
    cpus, memory = node()
    for name in ("state", "spool", "munge", "bin"):
        (folder / name).mkdir(parents=True)
    configuration = folder / "slurm.conf"
    configuration.write_text(
        CONFIGURATION.format(
            folder=folder,
            controller_port=free_port(),
            node_port=free_port(),
            cpus=cpus,
            memory=memory,
        )
    )
    environment = os.environ | {"SLURM_CONF": str(configuration)}
    # Snakemake's step in a job forgets the SLURM_ variables, and srun would look in /etc
    wrapper = folder / "bin/srun"
    wrapper.write_text(f'#!/bin/sh\nSLURM_CONF={configuration} exec {program("srun")} "$@"\n')
    wrapper.chmod(0o755)
    environment["PATH"] = f"{folder / 'bin'}:{environment['PATH']}"
    try:
        started.append(start_munge(folder / "munge"))
        for command in (["slurmctld", "-D"], ["slurmd", "-D", "-N", "localhost"]):
            command[0] = program(command[0])
            started.append(
                subprocess.Popen(
                    command,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        wait_for_node(environment)
        yield environment
    finally:
        for daemon in reversed(started):
            daemon.terminate()
            try:
                daemon.wait(20)
            except subprocess.TimeoutExpired:
                daemon.kill()


def start_munge(folder):
    """munged as its own user, with a key and socket of its own."""
    key = folder / "key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o400)
    user = pwd.getpwnam("munge")
    for path in (folder, key):
        os.chown(path, user.pw_uid, user.pw_gid)
    folder.chmod(0o711)
    command = [program("munged"), "-F", "--key-file", key, "--socket", folder / "socket"]
    command += ["--pid-file", folder / "pid", "--log-file", folder / "log"]
    command += ["--seed-file", folder / "seed"]
    return subprocess.Popen(
        command,
        user=user.pw_uid,
        group=user.pw_gid,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for_node(environment, seconds=60):
    """Return when the node is idle; raise with what sinfo says otherwise."""
    for _ in range(seconds):
        said = subprocess.run(
            [program("sinfo"), "-h", "-o", "%T"], env=environment, capture_output=True, text=True
        )
        if "idle" in said.stdout:
            return
        time.sleep(1)
    raise RuntimeError(f"no idle node after {seconds} s: {said.stdout}{said.stderr}")
