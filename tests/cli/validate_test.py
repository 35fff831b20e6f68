#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""muster validate on directories good and bad, above all on what only a file system can do to it."""
import glob
import os
import shutil
import subprocess
import threading

from muster import BUILD, CLOUD, MUSTER, TREE, Skip, environment, expect, folders, main, run, shop, write


def validate(files, *args, **options):
    with folders(files) as (manifests, _):
        return run("validate", manifests, *args, **options)


def check_good():
    result = expect(validate(None), 0, "2 files, 1 cloud, 1 deployment, 3 members: all good.")
    assert result.err == ""


def check_examples():
    for folder in sorted(glob.glob(f"{TREE}/examples/*/")):
        if glob.glob(f"{folder}/**/*.yaml", recursive=True):
            expect(run("validate", folder, "--plugins", BUILD), 0, "all good")


def check_all_at_once_with_place_line_and_caret():
    files = {"cloud.yaml": CLOUD, "a/shop.yaml": shop().replace("count:", "cuont:"),
             "b.yml": "apiVersion: muster/v1\nkind: Deplyment\nmetadata: { name: x }\n"}
    result = expect(validate(files), 1, [
        'a/shop.yaml:9:7: unknown key "cuont"', 'did you mean "count"?', "   9 |       cuont: 2\n     |       ^\n",
        'b.yml:2:7: ', 'did you mean "Deployment"?', "2 findings."])
    assert result.out.index("a/shop.yaml") < result.out.index("b.yml")


def check_single_files():
    with folders() as (manifests, _):
        cloud, deployment = f"{manifests}/cloud.yaml", f"{manifests}/shop.yaml"
        expect(run("validate", cloud), 0, "1 file, 1 cloud, 0 deployments, 0 members: all good.")
        expect(run("validate", deployment, cloud), 0, "2 files, 1 cloud, 1 deployment, 3 members: all good.")
        # The cloud is elsewhere: that is no fault of this file, but something is not checked.
        result = expect(run("validate", deployment), 0, [
            'note: cloud "lab" is not in what was given', f"muster validate {manifests}\n", "all good"])
        assert result.out.count("note:") == 1
        write(manifests, {"bad.yaml": shop().replace("count:", "cuont:").replace("name: shop", "name: bad")})
        expect(run("validate", deployment, f"{manifests}/bad.yaml"), 1, [f"{manifests}/bad.yaml:9:7: ", "1 finding."])
        os.mkfifo(f"{manifests}/pipe")
        expect(run("validate", f"{manifests}/pipe"), 1, "is no regular file")


def check_several_paths_are_one_set():
    files = {"clouds/cloud.yaml": CLOUD, "apps/shop.yaml": shop(), "apps/bad.yaml": "kind: [\n"}
    with folders(files) as (manifests, _):
        clouds, apps = f"{manifests}/clouds", f"{manifests}/apps"
        expect(run("validate", clouds, apps), 1, [f"{apps}/bad.yaml:", "3 files, 1 cloud, 1 deployment"])
        os.unlink(f"{apps}/bad.yaml")
        expect(run("validate", clouds, f"{apps}/"), 0, "2 files, 1 cloud, 1 deployment, 3 members: all good.")
        # With a directory the set is whole.
        expect(run("validate", apps), 1, 'no cloud is called "lab"')
        # One file by two ways is one file.
        expect(run("validate", manifests, f"{apps}/shop.yaml", f"{apps}/../apps/shop.yaml"), 0, "all good")
        write(manifests, {"apps/copy.yaml": shop()})
        expect(run("validate", clouds, f"{apps}/shop.yaml", f"{apps}/copy.yaml"), 1, "is here twice")


def check_json():
    assert validate(None, "-o", "json").json() == {
        "valid": True, "findings": [], "notes": [], "files": 2, "clouds": 1, "deployments": 1, "members": 3}
    result = expect(validate({"x.yaml": "kind: [\n"}, "-o", "json"), 1)
    finding = result.json()["findings"][0]
    assert finding["place"]["file"] == "x.yaml" and finding["place"]["line"] >= 1 and finding["text"]


def check_references():
    bad = shop().replace("cloud: lab", "cloud: lba")
    expect(validate({"cloud.yaml": CLOUD, "shop.yaml": bad}), 1, 'lba')
    expect(validate({"a.yaml": CLOUD, "b.yaml": CLOUD}), 1, ["a.yaml:", "b.yaml:"])


def check_settings_of_a_connector_in_the_process():
    bad = CLOUD.replace("bootTime: 100ms", "bootTmie: 100ms")
    expect(validate({"cloud.yaml": bad}), 1, ['cloud.yaml:6:', '"bootTmie"', '"bootTime"'])
    bad = CLOUD.replace("bootTime: 100ms", "bootTime: soon")
    expect(validate({"cloud.yaml": bad}), 1, 'cloud.yaml:6:')


def check_settings_of_a_plugin():
    """Asked by its hello; one that is not here, or is broken, is a note."""
    good = CLOUD.replace("sim", "qemu").replace(
        "{ bootTime: 100ms, stopTime: 50ms, deleteTime: 50ms, latency: 1ms }", "{ accel: tcg }")
    if not os.path.exists(f"{BUILD}/muster-connector-qemu"):
        raise Skip("the qemu plugin is not built")
    expect(validate({"c.yaml": good}, "--plugins", BUILD), 0, "all good")
    expect(validate({"c.yaml": good.replace("accel", "acel")}, "--plugins", BUILD), 1, ['"acel"', '"accel"'])
    expect(validate({"c.yaml": good}, "--plugins", "/nonexistent"), 0, "note: cloud \"lab\"")
    with folders({"muster-connector-dumb": "#!/bin/sh\ncat >/dev/null\n"}) as (plugins, _):
        os.chmod(f"{plugins}/muster-connector-dumb", 0o755)
        os.symlink("/bin/true", f"{plugins}/muster-connector-gone")
        expect(validate({"c.yaml": good.replace("qemu", "gone")}, "--plugins", plugins), 0,
               "does not answer hello; its settings are not checked")


def check_unknown_connector():
    expect(validate({"cloud.yaml": CLOUD.replace("sim", "simm")}), 1,
           ['cloud.yaml:5:14: unknown connector "simm"; did you mean "sim"?'])


def check_directory_is_missing_or_a_file():
    expect(run("validate", "/nonexistent/x"), 1, err='muster: "/nonexistent/x" is not there')
    with folders() as (manifests, _):
        expect(run("validate", manifests, f"{manifests}/nix.yaml"), 1, err='nix.yaml" is not there')
    expect(run("validate"), 2, err="FILE or DIR is missing")


def check_directory_from_the_environment():
    with folders() as (manifests, _):
        expect(run("validate", env=environment(MUSTER_MANIFESTS=manifests)), 0, "all good")


def check_empty_directory_and_empty_file():
    expect(validate({}), 0, ["note: no *.yaml and no *.yml", "0 files"])
    expect(validate({"empty.yaml": "", "comment.yaml": "# nothing\n", "dashes.yaml": "---\n---\n"}), 0)


def check_other_files_are_left_alone():
    expect(validate({"README.md": "}{", ".hidden.yaml": "}{", "x.yaml~": "}{", ".git/x.yaml": "}{"}), 0, "0 files")


def check_not_utf8():
    expect(validate({"x.yaml": b"kind: \xff\xfe\n"}), 1, "x.yaml:1")


def check_large_file():
    expect(validate({"x.yaml": "# " + "x" * 64 * 1024 * 1024}), 1, "x.yaml")


def check_deep_nesting():
    expect(validate({"x.yaml": "[" * 5 * 1024 * 1024}), 1, "x.yaml")


def check_fifo_socket_and_device():
    with folders({}) as (manifests, _):
        os.mkfifo(f"{manifests}/fifo.yaml")
        os.symlink("/dev/zero", f"{manifests}/zero.yaml")
        expect(run("validate", manifests, timeout=20), 1, ["fifo.yaml: ", "zero.yaml: ", "2 findings"])


def check_symlink_loops():
    with folders() as (manifests, _):
        os.symlink("loop.yaml", f"{manifests}/loop.yaml")
        os.symlink("nowhere.yaml", f"{manifests}/dangling.yaml")
        os.mkdir(f"{manifests}/a")
        os.symlink("..", f"{manifests}/a/up")
        result = expect(run("validate", manifests, timeout=20), 1, ["loop.yaml: ", "dangling.yaml: "])
        assert "a/up/a/up" not in result.out, result


def as_nobody(path):
    """A prefix that drops root, as root may read everything."""
    if os.geteuid() != 0:
        return []
    if not shutil.which("setpriv"):
        raise Skip("setpriv is not installed")
    before = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    os.chmod(os.path.dirname(path), 0o755)
    if subprocess.run([*before, MUSTER, "version"], capture_output=True, env=environment(), check=False).returncode:
        raise Skip("another user cannot reach the program")
    return before


def check_without_permission():
    with folders() as (manifests, _):
        before = as_nobody(manifests)
        expect(run("validate", manifests, before=before), 0)
        write(manifests, {"closed/x.yaml": "", "secret.yaml": CLOUD})
        os.chmod(f"{manifests}/secret.yaml", 0)
        os.chmod(f"{manifests}/closed", 0)
        try:
            expect(run("validate", manifests, before=before), 1,
                   ["closed: ", "secret.yaml: ", "Permission denied", "2 findings"])
            os.chmod(manifests, 0)
            expect(run("validate", manifests, before=before), 1)
        finally:
            os.chmod(manifests, 0o755)
            os.chmod(f"{manifests}/closed", 0o755)


def check_files_that_vanish_while_they_are_read():
    """Whatever it sees of a directory in turmoil, it ends, and says nothing wrong of good files."""
    stop = threading.Event()

    def churn(folder):
        number = 0
        while not stop.is_set():
            number += 1
            write(folder, {f"x{number % 50}.yaml": "# nothing\n"})
            try:
                os.unlink(f"{folder}/x{(number + 25) % 50}.yaml")
            except FileNotFoundError:
                pass

    with folders() as (manifests, _):
        churner = threading.Thread(target=churn, args=(manifests,))
        churner.start()
        try:
            for _ in range(10):
                result = run("validate", manifests, timeout=30)
                assert result.code in (0, 1) and "1 deployment" in result.out, result
        finally:
            stop.set()
            churner.join()
        expect(run("validate", manifests), 0)


main(globals())
