#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# Rewrites the golden files; "git diff tests/plans" then shows what changed, as text. Called by "make golden".
set -eu

MUSTER_GOLDEN=write
export MUSTER_GOLDEN
"${G_TEST_BUILDDIR:?make golden sets it}/tests/reconcile/plan/golden_test" | grep -E '^(not ok|Bail)' || true
cd "${G_TEST_SRCDIR:?make golden sets it}" && git --no-pager diff --stat tests/plans 2>/dev/null || true
