/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sample - a source made by hand: two deployments, one of them with as many members as wanted. */
#pragma once

#include "agent/api/source.h"

struct sample {
	struct api_source source;
	unsigned members;    /* of the deployment "shop" */
	unsigned events;     /* ids 1 … events */
	unsigned reloads;    /* how often it was told to */
	GPtrArray *findings; /* struct finding */
};

void sample_init(struct sample *sample);
void sample_clear(struct sample *sample);
