/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings - a cloud's settings checked against the rows that its connector declares. */
#pragma once

#include "reconcile/model/fleet.h"
#include "reconcile/model/setting_row.h"

/* Checks @cloud's settings and credentials: unknown, missing, wrong type. Appends struct finding to
 * @findings and says whether there were none. */
bool settings_check(const struct cloud *cloud, const struct setting_row *rows, GPtrArray *findings);
/* The settings as a set with the fallbacks filled in; only after settings_check. */
struct pairs *settings_resolve(const struct cloud *cloud, const struct setting_row *rows);
