#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The JSON Schema takes every example, and refuses what the decoder refuses.

What no schema can say is listed by name below: a row of bad_manifests.h that the schema takes and that
is not listed fails this test, and so does one that is listed and refused.
"""
import glob
import json
import os
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as error:
    print(f"1..0 # SKIP {error}")
    sys.exit(0)

SOURCE = os.environ.get("G_TEST_SRCDIR", ".")
PROBE = os.path.join(os.environ.get("G_TEST_BUILDDIR", "."), "tests/reconcile/manifest/schema_probe")

# References, sums and bytes: outside of what a schema of one document says.
BEYOND = set("""
    cloud-unknown image-unknown size-unknown no-cloud
    after-unknown after-itself after-circle address-circle address-component address-itself
    address-member label-reference template-name template-brace template-place
    network-bits within-little memory-huge
    twice tag
""".split())


class Loader(yaml.SafeLoader):
    """YAML as the decoder reads it: whole numbers, true, false and nothing; all else is text."""


Loader.yaml_implicit_resolvers = {}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^(0|[1-9][0-9]*)$"),
                             list("0123456789"))
Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|Null|NULL|)$"),
                             ["~", "n", "N", ""])


def probe(*words):
    done = subprocess.run([PROBE, *words], stdout=subprocess.PIPE, check=False)
    return done.returncode, done.stdout.decode()


def documents(text):
    return [d for d in yaml.load_all(text, Loader=Loader) if d is not None]


def problems(validator, text):
    return [e.message for d in documents(text) for e in validator.iter_errors(d)]


def main():
    schema = json.loads(probe("schema")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    results = [(True, "the schema is one of draft 2020-12", "")]

    examples = sorted(glob.glob(f"{SOURCE}/examples/**/*.yaml", recursive=True))
    for path in examples:
        name = os.path.relpath(path, SOURCE)
        with open(path, encoding="utf-8") as file:
            wrong = problems(validator, file.read())
        results.append((not wrong, f"the schema takes {name}", "\n".join(wrong)))
        if "quickstart/" not in name:
            code, said = probe("manifest", path)
            results.append((code == 0, f"the decoder takes {name}", said))
    results.append((len(examples) >= 9, "there are examples", ""))
    code, said = probe("config", f"{SOURCE}/examples/agent.conf")
    results.append((code == 0, "the decoder takes examples/agent.conf", said))

    for name, text in json.loads(probe("bad")[1]).items():
        try:
            refused = bool(problems(validator, text))
        except yaml.YAMLError:
            refused = name not in BEYOND  # no YAML at all, or no schema can say it
        except TypeError:
            refused = name not in BEYOND  # a key that is no text
        what = "takes" if name in BEYOND else "refuses"
        results.append((refused != (name in BEYOND), f"the schema {what} {name}", text))

    print(f"1..{len(results)}")
    for number, (good, name, detail) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        if not good:
            for line in detail.splitlines():
                print(f"# {line}")
    return 0 if all(good for good, _, _ in results) else 1


sys.exit(main())
