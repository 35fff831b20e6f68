/* SPDX-License-Identifier: GPL-2.0-or-later */
/* resume - what an earlier run of this program began and did not finish. */
#pragma once

#include "connectors/qemu/host.h"

/* Goes on with stops, destructions and creations whose QEMU runs. Once, after host_open. */
void resume_all(struct host *host);
