/* SPDX-License-Identifier: GPL-2.0-or-later */
/* case - a folder of tests/plans/ as a stage. See tests/plans/README.md for the files. */
#pragma once

#include "reconcile/plan/explain.h"
#include "tests/reconcile/plan/stage.h"

/* The world in @folder, and how it is to be explained; a bad file ends the test with its name. */
struct stage *case_load(const char *folder, struct explain_options *ret_options);
