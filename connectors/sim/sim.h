/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sim - the row of the simulated cloud in the table of connectors. Its traits follow from the
 * settings, so the row declares none. */
#pragma once

#include "connectors/connector.h"

extern const struct connector connector_sim;
